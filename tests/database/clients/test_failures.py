"""The database, or the way to it, is not as it should be: which error says so, and what then."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from database.clients.conftest import sample_migration
from database.clients.test_surroundings import locked_log, somebody_waits, with_setting
from database.lines import line_to
from database.servers import crash, eventually, execute, new_folder, replica_of, started
from storyline import (
    AsyncEventClient,
    ConnectionLostError,
    Dsn,
    EventClient,
    IsolationError,
    MissingMigrationError,
    MissingPrivilegeError,
    OutcomeUnknownError,
    PoolExhaustedError,
    ReadOnlyError,
    Story,
    StorylineError,
    UnreachableError,
    WrongStoryError,
)
from storyline._sync.connections import Durability
from storyline.embedded import RunningServer, stop
from storyline.migrations import migrate_up
from storyline.surroundings import NEEDED
from storyline.testing.contract.story import HOME, MILK, SAMPLE, added, list_stream

STREAM = list_stream(list_id=HOME)


FAREWELL = b"SFATAL\0VFATAL\0C57P01\0Mterminating connection\0\0"
FAREWELLS = 2 * (b"E" + (4 + len(FAREWELL)).to_bytes(4, "big") + FAREWELL)
"""The server's own, and the one of a pooler before it."""


def end_sessions(dsn: str) -> None:
    execute(
        dsn,
        "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid()",
    )


def end_waiting_sessions(dsn: str) -> None:
    execute(dsn, "select pg_terminate_backend(pid, 5000) from pg_locks where not granted")


@pytest.mark.parametrize("answer", [b"half a row, and then something else", FAREWELLS])
def test_an_answer_without_sense_is_a_lost_connection(sample_dsn: str, answer: bytes) -> None:
    """A pooler gives such ones if its server dies in the middle of a row, or of a transaction."""
    spoiled = False

    def passed_on(piece: bytes) -> bytes:
        return answer if spoiled and piece[:1] in b"12CT" else piece

    with line_to(sample_dsn, passed_on) as line, EventClient(SAMPLE, line) as client:
        for ask in (lambda: client.get_event_stream(STREAM), lambda: begun(client)):
            ask()
            spoiled = True
            with pytest.raises(ConnectionLostError):
                ask()
            spoiled = False
        assert client.save_event(added(MILK)).id == 1


def begun(client: EventClient) -> None:
    with client.transaction():
        pass


def test_connections_that_were_lost_while_they_lay_in_the_pool_are_no_error(
    sample_dsn: str,
) -> None:
    with EventClient(SAMPLE, Dsn(sample_dsn, min_size=4)) as client:
        assert client.save_event(added(MILK)).id == 1
        end_sessions(sample_dsn)
        started_at = time.monotonic()
        assert client.save_event(added(MILK)).id == 2
        assert len(client.get_event_stream(STREAM)) == 2
        assert time.monotonic() - started_at < 30


def test_an_append_in_flight_has_an_unknown_outcome_and_the_next_one_works(
    sample_dsn: str,
) -> None:
    with EventClient(SAMPLE, sample_dsn) as client, ThreadPoolExecutor(1) as thread:
        with locked_log(sample_dsn):
            saving = thread.submit(client.save_events, [added(MILK), added(MILK)])
            assert eventually(lambda: somebody_waits(sample_dsn))
            end_waiting_sessions(sample_dsn)
            with pytest.raises(OutcomeUnknownError) as caught:
                saving.result()
        assert caught.value.event_types == ("ITEM_ADDED", "ITEM_ADDED")
        assert client.save_event(added(MILK)).id == 1


def test_a_read_in_flight_is_lost_and_can_be_repeated(sample_dsn: str) -> None:
    with EventClient(SAMPLE, sample_dsn) as client, ThreadPoolExecutor(1) as thread:
        client.save_event(added(MILK))
        with psycopg.connect(sample_dsn) as other:
            other.execute("lock table sample.events")
            reading = thread.submit(client.get_event_stream, STREAM)
            assert eventually(lambda: somebody_waits(sample_dsn))
            end_waiting_sessions(sample_dsn)
            with pytest.raises(ConnectionLostError):
                reading.result()
        assert len(client.get_event_stream(STREAM)) == 1


def test_a_restarted_server_is_found_again(tmp_path: Path) -> None:
    with (
        new_folder() as folder,
        prepared(folder, tmp_path) as server,
        EventClient(SAMPLE, server.dsn) as client,
    ):
        client.save_event(added(MILK))
        crash(server)
        started(folder)
        assert client.save_event(added(MILK)).id == 2


def test_a_server_that_is_down_is_unreachable_after_the_time_out(tmp_path: Path) -> None:
    with (
        new_folder() as folder,
        prepared(folder, tmp_path) as server,
        EventClient(SAMPLE, Dsn(server.dsn, timeout=0.5)) as client,
    ):
        client.save_event(added(MILK))
        stop(folder)
        with pytest.raises(UnreachableError):
            client.save_event(added(MILK))


@contextmanager
def prepared(folder: Path, migrations: Path) -> Generator[RunningServer]:
    (migrations / "0001_sample.sql").write_text(sample_migration(), encoding="utf-8")
    server = started(folder)
    migrate_up(server.dsn, migrations)
    yield server


def waiting_sessions(dsn: str) -> int:
    with psycopg.connect(dsn) as connection:
        row = connection.execute("select count(*) from pg_locks where not granted").fetchone()
    return row[0] if row else 0


def test_the_users_own_lock_time_out_ends_what_waits(sample_dsn: str) -> None:
    given = with_setting(sample_dsn, "lock_timeout", "100")
    with EventClient(SAMPLE, given) as client:
        with locked_log(sample_dsn), pytest.raises(OutcomeUnknownError) as caught:
            client.save_event(added(MILK), command_id="c1")
        assert caught.value.command_id == "c1"
        assert client.save_event(added(MILK), command_id="c1").id == 1


def test_a_statement_time_out_ends_what_waits(sample_dsn: str) -> None:
    given = with_setting(sample_dsn, "application_name", "kept")
    with EventClient(SAMPLE, Dsn(given, statement_timeout=0.2)) as client:
        with locked_log(sample_dsn), pytest.raises(OutcomeUnknownError):
            client.save_event(added(MILK))
        with client.transaction() as tx:
            shown = tx.connection.execute("show application_name").fetchone()
        assert shown == ("kept",)
        assert client.save_event(added(MILK)).id == 1


@pytest.mark.parametrize(
    "change",
    [{"dbname": "there_is_none"}, {"host": "/nowhere", "password": "secret"}],
)
def test_a_wrong_database_is_told_at_once_without_the_password(
    sample_dsn: str, change: dict[str, str]
) -> None:
    dsn = make_conninfo(sample_dsn, **change)
    with EventClient(SAMPLE, dsn) as client, pytest.raises(UnreachableError) as caught:
        client.save_event(added(MILK))
    assert "secret" not in str(caught.value)


def test_a_dsn_that_cannot_be_read_is_not_repeated() -> None:
    dsn = "postgres//me:secret@host"
    with EventClient(SAMPLE, dsn) as client, pytest.raises(UnreachableError) as caught:
        client.save_event(added(MILK))
    assert "secret" not in f"{caught.value} {caught.value.__cause__} {Dsn('x secret')!r}"


READS_AND_SAVES: list[Callable[[EventClient], object]] = [
    lambda client: client.save_event(added(MILK)),
    lambda client: client.get_latest_event(STREAM),
    lambda client: client.get_history(STREAM),
]


@pytest.mark.parametrize("call", READS_AND_SAVES)
def test_an_empty_database_is_told(
    storyline_dsn: str, call: Callable[[EventClient], object]
) -> None:
    with EventClient(SAMPLE, storyline_dsn) as client:
        with pytest.raises(MissingMigrationError) as caught:
            call(client)
        assert caught.value.whole
        assert caught.value.database == conninfo_to_dict(storyline_dsn)["dbname"]


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ("alter table sample.heads drop column recorded_at", "heads.recorded_at"),
        ("drop procedure sample.append", NEEDED[-2]),
        (
            "drop function sample.append_in_transaction;"
            " create function sample.append_in_transaction(jsonb) returns int return 1",
            NEEDED[-1],
        ),
        ("comment on table sample.heads is null", "comment on heads"),
    ],
)
@pytest.mark.parametrize("is_known", [False, True])
def test_an_older_form_of_the_tables_is_told_with_what_it_lacks(
    sample_dsn: str, change: str, missing: str, is_known: bool
) -> None:
    with EventClient(SAMPLE, sample_dsn) as client:
        if is_known:
            client.save_event(added(MILK))
        execute(sample_dsn, change)
        if is_known and missing == "comment on heads":
            assert client.save_event(added(MILK)).id == 2  # asked once, not at every append
            return
        with pytest.raises(MissingMigrationError) as caught:
            client.save_event(added(MILK))
    assert (caught.value.missing, caught.value.whole) == ((missing,), False)


def test_the_migration_makes_all_that_is_needed_and_no_other_form_of_it(sample_dsn: str) -> None:
    with psycopg.connect(sample_dsn) as connection:
        columns = connection.execute(
            "select table_name || '.' || column_name from information_schema.columns"
            " where table_schema = 'sample' order by table_name, ordinal_position"
        ).fetchall()
    assert [name for (name,) in columns] == [name for name in NEEDED if "(" not in name]


def test_a_function_that_is_not_the_storys_is_no_missing_migration(sample_dsn: str) -> None:
    execute(
        sample_dsn,
        "create function public.told(jsonb) returns void language plpgsql as 'begin perform"
        " nobody.knows_me(); end';"
        "create function public.tell() returns trigger language plpgsql as"
        " 'begin perform public.told(new.data); return new; end';"
        "create trigger tell before insert on sample.events for each row"
        " execute function public.tell()",
    )
    expected = pytest.raises(psycopg.errors.InvalidSchemaName)
    with EventClient(SAMPLE, sample_dsn) as client, expected:
        client.save_event(added(MILK))


def test_tables_of_another_story_are_neither_read_nor_written(sample_dsn: str) -> None:
    other = Story("other", "sample", SAMPLE.package, SAMPLE.events)
    for call in READS_AND_SAVES:
        with EventClient(other, sample_dsn) as client:
            with pytest.raises(WrongStoryError) as caught:
                call(client)
            assert (caught.value.story, caught.value.found) == ("other", "sample")
    with psycopg.connect(sample_dsn) as connection:
        assert connection.execute("select * from sample.events").fetchall() == []


def test_a_read_only_session_reads_and_says_why_it_does_not_save(sample_dsn: str) -> None:
    dsn = with_setting(sample_dsn, "default_transaction_read_only", "on")
    durabilities: list[Durability] = ["barrier", "commit"]
    for durability in durabilities:
        with EventClient(SAMPLE, dsn, durability=durability) as client:
            assert client.get_event_stream(STREAM) == ()
            with pytest.raises(ReadOnlyError) as caught:
                client.save_event(added(MILK))
            assert not caught.value.is_replica


@pytest.fixture
def primary(tmp_path: Path) -> Iterator[RunningServer]:
    with new_folder() as folder, prepared(folder / "primary", tmp_path) as server:
        yield server
        stop(folder / "primary")


def test_a_replica_reads_and_says_that_it_is_one(primary: RunningServer) -> None:
    with EventClient(SAMPLE, primary.dsn) as client:
        client.save_event(added(MILK))
    with replica_of(primary) as dsn, EventClient(SAMPLE, dsn) as client:
        assert eventually(lambda: len(client.get_event_stream(STREAM)) == 1)
        with pytest.raises(ReadOnlyError) as caught:
            client.save_event(added(MILK))
        assert caught.value.is_replica


@pytest.mark.parametrize(
    ("level", "is_error"), [("read committed", False), ("repeatable read", True)]
)
def test_an_append_that_its_isolation_level_does_not_let_wait_says_so(
    sample_dsn: str, level: str, is_error: bool
) -> None:
    dsn = with_setting(sample_dsn, "default_transaction_isolation", level)
    with EventClient(SAMPLE, dsn, durability="commit") as client, ThreadPoolExecutor(1) as thread:
        with locked_log(sample_dsn) as other:
            saving = thread.submit(client.save_event, added(MILK))
            assert eventually(lambda: somebody_waits(sample_dsn))
            other.execute("update sample.heads set recorded_at = clock_timestamp()")
            other.commit()
        if is_error:
            with pytest.raises(IsolationError) as caught:
                saving.result()
            assert caught.value.level == level
        else:
            assert saving.result().id == 1


@pytest.fixture
def reader_dsn(sample_dsn: str) -> Iterator[str]:
    """Of a role that may read events, and nothing else."""
    role = f"reader_{uuid4().hex}"
    name = sql.Identifier(role)
    with psycopg.connect(sample_dsn, autocommit=True) as connection:
        connection.execute(sql.SQL("create role {}").format(name))
        connection.execute(sql.SQL("grant usage on schema sample to {}").format(name))
        connection.execute(sql.SQL("grant select on sample.events to {}").format(name))
        yield make_conninfo(sample_dsn, options=f"-c role={role}")
        connection.execute(sql.SQL("drop owned by {}").format(name))
        connection.execute(sql.SQL("drop role {}").format(name))


def test_a_missing_privilege_is_told_with_the_role(reader_dsn: str) -> None:
    with EventClient(SAMPLE, reader_dsn) as client:
        assert client.get_event_stream(STREAM) == ()
        with pytest.raises(MissingPrivilegeError) as caught:
            client.save_event(added(MILK))
    assert caught.value.role in reader_dsn


def test_the_asynchronous_client_tells_the_same(sample_dsn: str, storyline_dsn: str) -> None:
    async def errors() -> list[type[StorylineError]]:
        found: list[type[StorylineError]] = []
        other = Story("other", "sample", SAMPLE.package, SAMPLE.events)
        async with (
            AsyncEventClient(other, sample_dsn) as wrong,
            AsyncEventClient(SAMPLE, Dsn(sample_dsn, max_size=1, timeout=0.2)) as small,
        ):
            with locked_log(sample_dsn):
                waiting = asyncio.create_task(small.save_event(added(MILK)))
                while not somebody_waits(sample_dsn):
                    await asyncio.sleep(0.02)
                for call in (wrong.get_latest_event(STREAM), small.get_latest_event(STREAM)):
                    try:
                        await call
                    except StorylineError as error:
                        found.append(type(error))
                end_waiting_sessions(sample_dsn)
                try:
                    await waiting
                except StorylineError as error:
                    found.append(type(error))
        return found

    assert asyncio.run(errors()) == [WrongStoryError, PoolExhaustedError, OutcomeUnknownError]
