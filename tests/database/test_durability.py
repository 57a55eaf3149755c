"""Acknowledged means durable, though writers do not wait for the disk while they hold the log.

`STORYLINE_CRASHES` says how often the server of busy writers is killed.
"""

import os
import random
import resource
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from database.busy_processes import (
    RECEIPTS,
    Crowd,
    Work,
    entries,
    everything_since,
    read,
    write,
    write_in_transactions,
    write_with_plain_commits,
)
from database.clients.conftest import sample_migration
from database.log_client import Log, event
from database.log_oracle import complaints, missed
from database.servers import (
    DISK,
    answer,
    crash,
    eventually,
    execute,
    kill,
    new_folder,
    replica_of,
    started,
)
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
from storyline.questions import batch
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
from storyline.verification.oracle import Entry

NO_HELP = {"wal_writer_delay": "10s"}
"""Nobody but a waiting commit flushes the write-ahead log."""

CROWDED = {**NO_HELP, "max_connections": "300"}
"""Whoever waits for a server that is gone makes the pool grow: by and by to its largest size."""

HOME_STREAM = list_stream(list_id=HOME)

CRASHES = int(os.environ.get("STORYLINE_CRASHES", "2"))
SEED = int(os.environ.get("STORYLINE_ORACLE_SEED", "1"))


@pytest.fixture
def folder() -> Iterator[Path]:
    with new_folder(DISK) as folder:
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


def test_it_does_even_if_the_commits_of_its_session_wait_for_nothing(
    folder: Path, migrations: Path
) -> None:
    server = started(folder, **NO_HELP)
    migrate_up(server.dsn, migrations)
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute("set synchronous_commit = off")
        Log(connection).append(event())
        crash(server)
    server = started(folder, **NO_HELP)
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        assert Log(connection).ids() == [1]


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


def test_what_the_disk_has_no_room_for_is_refused_and_leaves_no_gap(folder: Path) -> None:
    """Room for a file of the server's, here; without any for its own log, PostgreSQL crashes."""
    with files_of_at_most(mebibytes=17):  # a segment of the write-ahead log has 16
        server = started_with_sample(folder)
    chance, acknowledged = random.Random(SEED), 0
    with EventClient(SAMPLE, server.dsn) as client:
        with suppress(psycopg.errors.InternalError):
            while True:
                noise = {"noise": chance.randbytes(250_000).hex()}
                acknowledged = client.save_event(added(EGGS), metadata=noise).id
        assert client.save_event(added(MILK)).id == acknowledged + 1


@contextmanager
def files_of_at_most(mebibytes: int) -> Iterator[None]:
    """A limit for all processes that are started meanwhile, and for theirs."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (mebibytes * 2**20, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def started_with_sample(folder: Path) -> RunningServer:
    server = started(folder, **NO_HELP)
    (folder / "0001_sample.sql").write_text(sample_migration(), encoding="utf-8")
    migrate_up(server.dsn, folder)
    return server


def append_without_flush(dsn: str, command: Command | None = None) -> None:
    """The first half of an append, whose second is still to come: visible, not yet on disk."""
    new = batch([added(EGGS)], {})
    with psycopg.connect(dsn) as connection:
        connection.execute("set local synchronous_commit = off")
        statement = append_in_transaction(SAMPLE, Append(new, command=command))
        connection.execute(statement.text, statement.parameters)


class CompleteAny(SingleStreamValidator[ListEvent, ItemCompleted]):
    """What is completed was added."""

    def is_valid(self) -> bool:
        found = self.reduce_only_db_events(data_after, [])
        return all(added(event.item_id) in found for event in self.applied_events)


def data_after(before: list[ListEvent], event: Recorded[ListEvent]) -> list[ListEvent]:
    return [*before, event.data]


WRITERS = [write, write_with_plain_commits, write_in_transactions]


@pytest.mark.parametrize("writer", WRITERS)
def test_busy_writers_lose_nothing_that_was_acknowledged(
    folder: Path, tmp_path: Path, writer: Work
) -> None:
    """And every decision that is left has seen what it should, the crash notwithstanding.

    What writers and readers know, they keep across the crash; what it took, they are told. A
    command that was acknowledged is remembered, one that was not is done once.
    """
    assert list(complaints_after_crashes(folder, tmp_path, CRASHES, writer)) == []


@pytest.mark.parametrize("writer", WRITERS)
def test_busy_writers_whose_commits_wait_for_nothing_do(
    folder: Path, tmp_path: Path, writer: Work
) -> None:
    """Shows that the test above can fail. One crash may find everything on disk by chance."""
    found = list(complaints_after_crashes(folder, tmp_path, 3, writer, is_durable=False))
    assert any("was acknowledged" in complaint for complaint in found)


def shut_down(server: RunningServer) -> None:
    """In good order, but in the middle of everything: no session is waited for."""
    crash(server, signal.SIGINT)


ENDS = [crash, kill, shut_down]
"""The last one writes down what is left, so that nothing can be lost."""


def complaints_after_crashes(
    folder: Path, notes: Path, crashes: int, writer: Work, *, is_durable: bool = True
) -> Iterator[str]:
    """Without the flush barrier, and with commits that wait for nothing, nothing is durable."""
    (notes / "0001_sample.sql").write_text(sample_migration(), encoding="utf-8")
    server = started(folder, **CROWDED)
    migrate_up(server.dsn, notes)
    execute(server.dsn, RECEIPTS)
    if not is_durable:
        remove_barrier(server.dsn, "sample")
        execute(server.dsn, "alter role current_user set synchronous_commit = off")
    chance = random.Random(SEED)
    known: dict[str, list[int]] = {}
    with Crowd(server.dsn, SEED, notes, others=(read, read), writer=writer) as crowd:
        for _ in range(crashes):
            crowd.wait_for_more()
            time.sleep(chance.uniform(0, 0.5))
            chance.choice(ENDS if is_durable else ENDS[:2])(server)
            known |= crowd.acknowledged
            server = started(folder, **CROWDED)
            yield from forgotten(server.dsn, chance.sample(sorted(known.items()), k=20))
    log = entries(server.dsn)
    yield from complaints(log, crowd.acknowledged)
    yield from missed(log, crowd.readings)
    yield from unpaired(log, receipts(server.dsn))
    print(f"{crashes} crashes, {len(log)} events, {len(crowd.acknowledged)} batches acknowledged")


def forgotten(dsn: str, acknowledged: Sequence[tuple[str, Sequence[int]]]) -> Iterator[str]:
    """An acknowledged command is known by what it has saved, to whoever repeats it."""
    with EventClient(SAMPLE, dsn) as client:
        for batch, ids in acknowledged:
            events = [event.data for event in everything_since(client, ids[0] - 1, ids[-1])]
            known = client.get_saved_before(events, batch) or ()
            if [event.id for event in known] != list(ids):
                yield f"command {batch} was acknowledged as {ids} and is {known}"


def receipts(dsn: str) -> Mapping[str, tuple[int, int]]:
    with psycopg.connect(dsn) as connection:
        rows = connection.execute("select batch, first_id, last_id from receipts").fetchall()
    return {batch: (first, last) for batch, first, last in rows}


def unpaired(log: Sequence[Entry], receipts: Mapping[str, tuple[int, int]]) -> Iterator[str]:
    """What one transaction has written, a crash takes or leaves as one."""
    ids: dict[str, list[int]] = {}
    for entry in log:
        if "receipt" in entry.metadata:
            ids.setdefault(entry.metadata["batch"], []).append(entry.id)
    if {batch: (found[0], found[-1]) for batch, found in ids.items()} != receipts:
        yield "events and receipts differ"


def test_what_is_half_there_after_a_crash_would_be_found() -> None:
    log = [Entry(1, "MISREAD", {}, {"batch": "a", "receipt": True})]
    assert list(unpaired(log, {"a": (1, 1)})) == []
    assert list(unpaired(log, {}))
    assert list(unpaired([], {"a": (1, 1)}))


@pytest.mark.parametrize("barrier", [True, False])
def test_a_synchronous_standby_has_what_was_acknowledged(
    folder: Path, tmp_path: Path, barrier: bool
) -> None:
    """Clients go on with it after a failover. Without the barrier it lacks some."""
    (tmp_path / "0001_sample.sql").write_text(sample_migration(), encoding="utf-8")
    primary = started(folder / "primary", **NO_HELP)
    migrate_up(primary.dsn, tmp_path)
    if not barrier:
        remove_barrier(primary.dsn, "sample")
    with replica_of(primary) as standby:
        execute(primary.dsn, "alter system set synchronous_standby_names = '*'")
        execute(primary.dsn, "select pg_reload_conf()")
        state = "select sync_state from pg_stat_replication"
        assert eventually(lambda: answer(primary, state) == "sync")
        both = either_of(primary.dsn, standby)
        with Crowd(both, SEED, tmp_path, others=(read, read)) as crowd:
            crowd.wait_for_more()
            kill(primary)
            execute(standby, "select pg_promote()")
            crowd.wait_for_more()
        log = entries(standby)
    found = [*complaints(log, crowd.acknowledged), *missed(log, crowd.readings)]
    assert any("was acknowledged" in complaint for complaint in found) == (not barrier)
    assert not barrier or not found


def either_of(*dsns: str) -> str:
    """Whichever of these servers takes writes."""
    servers = [conninfo_to_dict(dsn) for dsn in dsns]
    hosts = {name: ",".join(str(server[name]) for server in servers) for name in ("host", "port")}
    return make_conninfo(dsns[0], **hosts, target_session_attrs="read-write")


def remove_barrier(dsn: str, schema: str) -> None:
    barrier = "pg_catalog.pg_logical_emit_message(true, 'storyline', '')"
    with psycopg.connect(dsn, autocommit=True) as connection:
        definition = connection.execute(
            "select pg_get_functiondef(%s::regproc)", [f"{schema}.append"]
        ).fetchone()
        assert definition is not None
        assert barrier in definition[0]
        connection.execute(definition[0].replace(barrier, "null"))
