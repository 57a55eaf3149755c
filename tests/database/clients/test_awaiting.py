"""Whoever waits in a silent log is told of the next event at once; a busy log tells nobody."""

import asyncio
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from database.journals import Journals, journals
from database.servers import eventually, execute, pooler_of
from sample_story import migration_sql
from storyline import (
    AsyncEventClient,
    AsyncProjector,
    Event,
    EventClient,
    Projector,
    Query,
    QueryItem,
    Story,
)
from storyline.migrations import migrate_up
from storyline.projecting import awaiting, leasing, pace
from storyline.testing.contract.story import EGGS, LIST_EVENTS, MILK, SAMPLE, TEA, added
from storyline_generator.diagnostics import Place
from storyline_generator.schema import Schema
from storyline_generator.source import Source

LISTS: Query[Event] = Query(QueryItem(LIST_EVENTS))
LONG = 600.0
"""Seconds: nobody looks by himself so soon."""


@pytest.fixture(autouse=True)
def no_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leasing, "LEASE_SECONDS", 2 * LONG)
    monkeypatch.setattr(pace, "TICK_SECONDS", LONG)


@pytest.fixture
def client(sample_dsn: str) -> Iterator[EventClient]:
    with EventClient(SAMPLE, sample_dsn) as client:
        yield client


@contextmanager
def running(run: Callable[[], object], stop: Callable[[], object]) -> Generator[None]:
    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop()
        thread.join()


@contextmanager
def projecting(client: EventClient) -> Generator[None]:
    projector = Projector(client, [Journals])
    with running(projector.run, projector.stop):
        yield


def is_awaited(dsn: str) -> bool:
    with psycopg.connect(dsn) as connection:
        row = connection.execute("select is_awaited from sample.heads").fetchone()
    return bool(row and row[0])


def await_events(dsn: str) -> None:
    execute(dsn, "update sample.heads set is_awaited = true")


@contextmanager
def listening(dsn: str, story: Story = SAMPLE) -> Generator[Callable[[], int]]:
    """How many notifications there have been."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(awaiting.listen(story).text)
        yield lambda: len(list(connection.notifies(timeout=0.3)))


def never_notify(dsn: str) -> None:
    """As if each notification were lost."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        name = "'sample.append_in_transaction'::regproc"
        row = connection.execute(f"select pg_get_functiondef({name})".encode()).fetchone()
        assert row is not None
        assert "perform pg_notify" in row[0]
        connection.execute(row[0].replace("perform pg_notify(", "perform concat("))


def test_a_projector_that_sleeps_is_told_of_an_event(client: EventClient, sample_dsn: str) -> None:
    with projecting(client):
        for expected in ([1], [1, 2]):
            assert eventually(lambda: is_awaited(sample_dsn), 20)
            client.save_event(added(MILK))
            assert eventually(lambda: journals(sample_dsn).get("home") == expected, 5)  # noqa: B023


def test_awaited_clients_are_told_as_well(sample_dsn: str) -> None:
    met: list[int] = []

    async def follow(client: AsyncEventClient) -> None:
        async for event in client.subscribe(LISTS, name="mail"):
            met.append(event.id)

    async def told() -> None:
        async with AsyncEventClient(SAMPLE, sample_dsn) as client:
            projector = AsyncProjector(client, [Journals])
            tasks = [asyncio.create_task(each) for each in (projector.run(), follow(client))]
            while not is_awaited(sample_dsn):
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.5)  # until both sleep
            await client.save_event(added(MILK))
            async with asyncio.timeout(5):
                while met != [1] or journals(sample_dsn) != {"home": [1]}:
                    await asyncio.sleep(0.01)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(told())


def test_without_a_notification_it_would_sleep_on(client: EventClient, sample_dsn: str) -> None:
    """What the tests around would see if nobody told it."""
    never_notify(sample_dsn)
    with projecting(client):
        assert eventually(lambda: is_awaited(sample_dsn), 20)
        client.save_event(added(MILK))
        assert not eventually(lambda: journals(sample_dsn), 1)


def test_a_notification_that_is_lost_costs_no_more_than_a_tick(
    client: EventClient, sample_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "TICK_SECONDS", 0.5)
    never_notify(sample_dsn)
    with projecting(client):
        assert eventually(lambda: is_awaited(sample_dsn), 20)
        client.save_event(added(MILK))
        assert eventually(lambda: journals(sample_dsn) == {"home": [1]}, 5)


def test_a_subscription_that_sleeps_is_told_of_an_event(
    client: EventClient, sample_dsn: str
) -> None:
    met: list[int] = []
    subscription = client.subscribe(LISTS, name="mail")

    def read() -> None:
        for event in subscription:
            met.append(event.id)

    with running(read, subscription.stop):
        for expected in ([1], [1, 2]):
            assert eventually(lambda: is_awaited(sample_dsn), 20)
            client.save_event(added(MILK))
            assert eventually(lambda: met == expected, 5)  # noqa: B023


def test_all_who_wait_are_told(client: EventClient, sample_dsn: str) -> None:
    met: list[tuple[str, int]] = []

    def read(name: str) -> tuple[Callable[[], None], Callable[[], None]]:
        subscription = client.subscribe(LISTS, name=name)

        def iterate() -> None:
            for event in subscription:
                met.append((name, event.id))

        return iterate, subscription.stop

    with running(*read("mail")), running(*read("search")), projecting(client):
        assert eventually(lambda: is_awaited(sample_dsn), 20)
        time.sleep(1)  # until each sleeps
        client.save_event(added(MILK))
        assert eventually(lambda: sorted(met) == [("mail", 1), ("search", 1)], 5)
        assert eventually(lambda: journals(sample_dsn) == {"home": [1]}, 5)


def test_one_that_sleeps_stops_soon(client: EventClient, sample_dsn: str) -> None:
    with projecting(client):
        assert eventually(lambda: is_awaited(sample_dsn), 20)
        began = time.monotonic()
    assert time.monotonic() - began < 5


def test_a_silence_is_one_notification_and_a_busy_log_none(
    client: EventClient, sample_dsn: str
) -> None:
    with listening(sample_dsn) as notifications:
        client.save_events([added(MILK), added(TEA)])
        client.save_event(added(EGGS))
        assert notifications() == 0, "nobody waits"
        await_events(sample_dsn)
        for _ in range(5):
            client.save_event(added(MILK))
        assert notifications() == 1
        assert not is_awaited(sample_dsn)


def test_an_append_that_is_rolled_back_tells_nobody_and_leaves_them_waiting(
    client: EventClient, sample_dsn: str
) -> None:
    await_events(sample_dsn)
    with listening(sample_dsn) as notifications:
        with suppress(KeyError), client.transaction() as tx:
            tx.save_event(added(MILK))
            raise KeyError
        assert is_awaited(sample_dsn)
        assert notifications() == 0
        with client.transaction() as tx:
            tx.save_event(added(MILK))
        assert notifications() == 1


def test_nobody_falls_asleep_over_an_event(client: EventClient, sample_dsn: str) -> None:
    client.save_event(added(MILK))
    for last_id, expected in ((0, []), (1, [(1,)])):
        assert client.log.fetch(awaiting.wait_for_event(SAMPLE, last_id)) == expected
        assert is_awaited(sample_dsn) == bool(expected)
        assert client.log.fetch(awaiting.silence(SAMPLE, last_id)) == [(True,)] * len(expected)


@pytest.mark.parametrize("schema", ["public", "s" * 53, "s" * 54, "s" * 63, "ü" * 31, "o'\"x"])
def test_a_story_of_any_name_has_a_channel_that_both_sides_know(
    storyline_dsn: str, schema: str, tmp_path: Path
) -> None:
    sql = migration_sql(Schema("sample", schema, Place(Source("sample.toml", ""))))
    (tmp_path / "0001_sample.sql").write_text(sql, encoding="utf-8")
    migrate_up(storyline_dsn, tmp_path)
    story = replace(SAMPLE, schema=schema)
    with (
        EventClient(story, storyline_dsn) as client,
        listening(storyline_dsn, story) as notifications,
    ):
        assert client.log.fetch(awaiting.wait_for_event(story, 0))
        client.save_event(added(MILK))
        assert notifications() == 1


def test_behind_a_pooler_nobody_sleeps(sample_dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It passes no notifications on: so whoever is there looks again and again."""
    monkeypatch.setattr(pace, "TICK_SECONDS", 0.5)
    with (
        pooler_of(sample_dsn, pool_size=4) as pooled,
        EventClient(SAMPLE, pooled) as client,
        projecting(client),
    ):
        client.save_event(added(MILK))
        assert eventually(lambda: journals(sample_dsn) == {"home": [1]}, 20)
        time.sleep(1)
        assert not is_awaited(sample_dsn)
        client.save_event(added(TEA))
        assert eventually(lambda: journals(sample_dsn) == {"home": [1, 2]}, 5)


def test_a_connection_that_is_given_back_listens_no_more(
    client: EventClient, sample_dsn: str
) -> None:
    with projecting(client):
        assert eventually(lambda: is_awaited(sample_dsn), 20)
    with client.transaction() as tx:
        assert tx.connection.execute("select pg_listening_channels()").fetchall() == []
