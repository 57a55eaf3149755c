"""Sessions, pools and processes as callers have them: the right answer or a clear error."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

from database.servers import eventually
from storyline import (
    AsyncEventClient,
    ConflictError,
    EventClient,
    OutcomeUnknownError,
    Query,
    QueryItem,
    Text,
)
from storyline.testing.contract.story import HOME, MILK, SAMPLE, ItemId, added, list_stream

STREAM = list_stream(list_id=HOME)


def with_setting(dsn: str, name: str, value: str) -> str:
    spaced = value.replace(" ", "\\ ")
    return make_conninfo(dsn, options=f"-c {name}={spaced}")


@contextmanager
def locked_log(dsn: str) -> Generator[psycopg.Connection[Any]]:
    """Somebody else appends, and does not come to an end."""
    with psycopg.connect(dsn) as connection:
        connection.execute("select sample.append_in_transaction('', '', '', '{}')")
        yield connection


def somebody_waits(dsn: str) -> bool:
    with psycopg.connect(dsn, autocommit=True) as connection:
        waiting = connection.execute("select 1 from pg_locks where not granted").fetchone()
    return waiting is not None


@pytest.mark.parametrize("level", ["repeatable read", "serializable"])
def test_a_writer_waits_for_another_whatever_the_isolation_of_its_session(
    sample_dsn: str, level: str
) -> None:
    dsn = with_setting(sample_dsn, "default_transaction_isolation", level)
    with EventClient(SAMPLE, dsn) as client, ThreadPoolExecutor(1) as thread:
        with locked_log(sample_dsn) as other:
            saved = thread.submit(client.save_event, added(MILK))
            assert eventually(lambda: somebody_waits(sample_dsn))
            other.execute("update sample.heads set recorded_at = clock_timestamp()")
        assert saved.result().id == 1


def test_how_a_session_writes_dates_and_numbers_does_not_matter(sample_dsn: str) -> None:
    dsn = make_conninfo(
        sample_dsn,
        options="-c datestyle=german -c timezone=Asia/Kathmandu -c extra_float_digits=-15"
        " -c standard_conforming_strings=off",
    )
    with EventClient(SAMPLE, dsn) as client:
        saved = client.save_event(added(ItemId("\\ '")))
        assert client.get_latest_event(STREAM) == saved
        with pytest.raises(ConflictError) as caught:
            client.save_event_with_stream_validation(
                added(MILK), streams=[STREAM], latest_event_id=0
            )
        assert caught.value.events == (saved,)


@pytest.mark.parametrize("setting", ["statement_timeout", "lock_timeout"])
def test_an_append_that_takes_too_long_saves_nothing_and_the_next_one_works(
    sample_dsn: str, setting: str
) -> None:
    with EventClient(SAMPLE, with_setting(sample_dsn, setting, "100ms")) as client:
        with locked_log(sample_dsn), pytest.raises(OutcomeUnknownError):
            client.save_event(added(MILK))
        assert client.save_event(added(MILK)).id == 1


def test_a_cancelled_append_saves_nothing_and_the_next_one_works(sample_dsn: str) -> None:
    async def cancel_one() -> int:
        async with AsyncEventClient(SAMPLE, sample_dsn) as client:
            with locked_log(sample_dsn):
                saving = asyncio.create_task(client.save_event(added(MILK)))
                while not somebody_waits(sample_dsn):
                    await asyncio.sleep(0.02)
                saving.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await saving
            return (await client.save_event(added(MILK))).id

    assert asyncio.run(cancel_one()) == 1


def test_two_hundred_tasks_share_a_client(sample_dsn: str) -> None:
    async def save_all() -> list[int]:
        async with AsyncEventClient(SAMPLE, sample_dsn) as client:
            events = [added(ItemId(str(number))) for number in range(200)]
            saved = await asyncio.gather(*(client.save_event(event) for event in events))
            return sorted(event.id for event in saved)

    assert asyncio.run(save_all()) == list(range(1, 201))


@pytest.mark.parametrize(
    "options",
    [
        {"row_factory": dict_row},
        {"prepare_threshold": None},
        {"prepare_threshold": 0},
        {"autocommit": True},
        {"cursor_factory": psycopg.ClientCursor},
    ],
)
def test_any_pool_will_do(sample_dsn: str, options: dict[str, Any]) -> None:
    pool = ConnectionPool[Any](sample_dsn, kwargs=options, min_size=1, max_size=2, open=True)
    with pool, EventClient(SAMPLE, pool) as client:
        for number in range(1, 8):
            saved = client.save_event(added(MILK))
            assert (saved.id, client.get_latest_event(STREAM)) == (number, saved)


def test_what_is_no_pool_is_refused() -> None:
    for wrong in (None, psycopg.AsyncConnection):
        with pytest.raises(TypeError, match="pool of its kind or a DSN"):
            EventClient(SAMPLE, wrong)  # type: ignore[arg-type]


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_process_does_not_talk_into_its_parents_connections(sample_dsn: str) -> None:
    with EventClient(SAMPLE, sample_dsn) as client:
        client.save_event(added(MILK))
        child = os.fork()
        if child == 0:
            threading.Timer(20, os._exit, [1]).start()
            events = [client.save_event(added(MILK)) for _ in range(30)]
            os._exit(0 if len({event.id for event in events}) == 30 else 2)
        for _ in range(30):
            client.save_event(added(MILK))
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert [event.id for event in client.get_event_stream(STREAM)] == list(range(1, 62))


def test_no_plan_is_kept_for_a_range_whose_ends_decide_how_it_is_found(sample_dsn: str) -> None:
    with ConnectionPool(sample_dsn, min_size=1, max_size=1) as pool:
        client = EventClient(SAMPLE, pool)
        client.save_event(added(MILK))
        for condition in (Text("item_id").eq("m"), Text("item_id").gt("a")):
            for _ in range(10):
                client.get_event_stream(Query[Any](QueryItem(("ITEM_ADDED",), condition)))
        with pool.connection() as connection:
            kept = connection.execute(
                "select statement from pg_prepared_statements where statement like '%item_id%'"
            ).fetchall()
    assert len(kept) == 1
