"""Acknowledged means durable, though writers do not wait for the disk while they hold the log.

`STORYLINE_CRASHES` says how often the server of busy writers is killed.
"""

import os
import random
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psycopg
import pytest

from database.busy_processes import Crowd, entries, read
from database.clients.conftest import sample_migration
from database.log_client import Log, event
from database.log_oracle import complaints, missed
from database.servers import crash, kill, new_folder, started
from storyline import (
    EventClient,
    LostEventError,
    Recorded,
    RefusedError,
    SingleStreamValidator,
)
from storyline.commands import Command, command
from storyline.embedded import RunningServer
from storyline.migrations import migrate_up
from storyline.questions import new_events
from storyline.statements import Append, append_in_transaction
from storyline.testing.contract.story import (
    EGGS,
    HOME,
    MILK,
    SAMPLE,
    TEA,
    WORK,
    ItemCompleted,
    ListEvent,
    added,
    completed,
    list_stream,
)

NO_HELP = {"wal_writer_delay": "10s"}
"""Nobody but a waiting commit flushes the write-ahead log."""

HOME_STREAM = list_stream(list_id=HOME)

CRASHES = int(os.environ.get("STORYLINE_CRASHES", "3"))
SEED = int(os.environ.get("STORYLINE_ORACLE_SEED", "1"))


@pytest.fixture
def folder() -> Iterator[Path]:
    with new_folder() as folder:
        yield folder


def test_an_acknowledged_event_survives_a_crash(folder: Path, migrations: Path) -> None:
    server = started(folder, **NO_HELP)
    migrate_up(server.dsn, migrations)
    for count in (1, 2, 3):
        with psycopg.connect(server.dsn, autocommit=True) as connection:
            Log(connection).append(event())
            crash(server)
        server = started(folder, **NO_HELP)
        with psycopg.connect(server.dsn, autocommit=True) as connection:
            assert Log(connection).ids() == list(range(1, count + 1))


def test_without_the_flush_barrier_the_same_crash_loses_it(folder: Path, migrations: Path) -> None:
    """Shows that the test above can fail."""
    server = started(folder, **NO_HELP)
    migrate_up(server.dsn, migrations)
    remove_barrier(server.dsn, "shop")
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        Log(connection).append(event())
        crash(server)
    server = started(folder, **NO_HELP)
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        assert Log(connection).ids() == []


@pytest.mark.parametrize("newer", [0, 1])
def test_nobody_goes_on_from_an_event_that_a_crash_took(folder: Path, newer: int) -> None:
    """It was read before it was acknowledged; after the crash another event has its id."""
    server = started_with_sample(folder)
    with EventClient(SAMPLE, server.dsn) as client:
        client.save_event(added(MILK))
        append_without_flush(server.dsn)
        validator = CompleteAny(client, HOME_STREAM).apply(completed(EGGS))
        assert validator.is_valid()
        pages = client.iter_event_stream(HOME_STREAM, page_size=2)
        _, seen = (next(pages), next(pages))
        history = client.get_history(HOME_STREAM)
        crash(server)
        server = started(folder, **NO_HELP)
        replacement = client.save_event(added(TEA))
        for _ in range(newer):
            client.save_event(added(TEA, WORK))
        assert (seen.data, seen.id) == (added(EGGS), replacement.id)
        complete = partial(
            client.save_event_with_stream_validation,
            completed(EGGS),
            streams=[HOME_STREAM],
            latest_event_id=history.latest_event_id,
        )
        with pytest.raises(LostEventError):
            complete(latest_event_at=history.latest_event_at)
        with pytest.raises(LostEventError):
            next(pages)
        with pytest.raises(LostEventError):
            validator.save()
        with pytest.raises(RefusedError):
            validator.save(retries=1)
        assert complete().id > 2, "by its id alone it cannot be told from the other"
        crash(server)


def test_a_command_that_is_answered_from_memory_is_on_disk(folder: Path) -> None:
    """Its first run was cut off before its flush; whoever repeats it is told that it is done."""
    server = started_with_sample(folder)
    append_without_flush(server.dsn, command("c1", [added(EGGS)]))
    append_without_flush(server.dsn, command("c2", [added(EGGS)]))
    with EventClient(SAMPLE, server.dsn) as client:
        by_append = client.save_event(added(EGGS), command_id="c1")
        by_question = client.get_saved_before([added(EGGS)], "c2")
        crash(server)
    server = started(folder, **NO_HELP)
    with EventClient(SAMPLE, server.dsn) as client:
        assert client.save_event(added(EGGS), command_id="c1") == by_append
        assert client.get_saved_before([added(EGGS)], "c2") == by_question
        assert len(client.get_event_stream(HOME_STREAM)) == 2


def test_a_command_that_only_a_question_has_answered_is_on_disk(folder: Path) -> None:
    server = started_with_sample(folder)
    append_without_flush(server.dsn, command("c1", [added(EGGS)]))
    with EventClient(SAMPLE, server.dsn) as client:
        answer = client.get_saved_before([added(EGGS)], "c1")
        crash(server)
    server = started(folder, **NO_HELP)
    with EventClient(SAMPLE, server.dsn) as client:
        assert client.get_saved_before([added(EGGS)], "c1") == answer is not None


def test_a_command_that_a_crash_took_can_be_done_anew(folder: Path) -> None:
    server = started_with_sample(folder)
    append_without_flush(server.dsn, command("c1", [added(EGGS)]))
    crash(server)
    server = started(folder, **NO_HELP)
    with EventClient(SAMPLE, server.dsn) as client:
        assert client.save_event(added(MILK), command_id="c2").id == 1
        assert client.save_event(added(EGGS), command_id="c1").id == 2


def started_with_sample(folder: Path) -> RunningServer:
    server = started(folder, **NO_HELP)
    (folder / "0001_sample.sql").write_text(sample_migration(), encoding="utf-8")
    migrate_up(server.dsn, folder)
    return server


def append_without_flush(dsn: str, command: Command | None = None) -> None:
    """The first half of an append, whose second is still to come: visible, not yet on disk."""
    batch = new_events([added(EGGS)], {})
    with psycopg.connect(dsn) as connection:
        connection.execute("set local synchronous_commit = off")
        statement = append_in_transaction(SAMPLE, Append(batch, command=command))
        connection.execute(statement.text, statement.parameters)


class CompleteAny(SingleStreamValidator[ListEvent, ItemCompleted]):
    """What is completed was added."""

    def is_valid(self) -> bool:
        found = self.reduce_only_db_events(data_after, [])
        return all(added(event.item_id) in found for event in self.applied_events)


def data_after(before: list[ListEvent], event: Recorded[ListEvent]) -> list[ListEvent]:
    return [*before, event.data]


def test_busy_writers_lose_nothing_that_was_acknowledged(folder: Path, tmp_path: Path) -> None:
    """And every decision that is left has seen what it should, the crash notwithstanding.

    What writers and readers know, they keep across the crash; what it took, they are told.
    """
    assert list(complaints_after_crashes(folder, tmp_path, CRASHES)) == []


def test_busy_writers_without_the_flush_barrier_do(folder: Path, tmp_path: Path) -> None:
    """Shows that the test above can fail."""
    found = list(complaints_after_crashes(folder, tmp_path, 1, barrier=False))
    assert any("was acknowledged" in complaint for complaint in found)


def complaints_after_crashes(
    folder: Path, notes: Path, crashes: int, *, barrier: bool = True
) -> Iterator[str]:
    (notes / "0001_sample.sql").write_text(sample_migration(), encoding="utf-8")
    server = started(folder, **NO_HELP)
    migrate_up(server.dsn, notes)
    if not barrier:
        remove_barrier(server.dsn, "sample")
    chance = random.Random(SEED)
    with Crowd(server.dsn, SEED, notes, others=(read, read)) as crowd:
        for _ in range(crashes):
            crowd.wait_for_more()
            time.sleep(chance.uniform(0, 0.5))
            chance.choice([crash, kill])(server)
            server = started(folder, **NO_HELP)
    log = entries(server.dsn)
    yield from complaints(log, crowd.acknowledged)
    yield from missed(log, crowd.readings)


def remove_barrier(dsn: str, schema: str) -> None:
    barrier = "perform pg_catalog.pg_logical_emit_message(true, 'storyline', '')"
    with psycopg.connect(dsn, autocommit=True) as connection:
        definition = connection.execute(
            "select pg_get_functiondef(%s::regproc)", [f"{schema}.append"]
        ).fetchone()
        assert definition is not None
        assert barrier in definition[0]
        connection.execute(definition[0].replace(barrier, "null"))
