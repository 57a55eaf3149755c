"""Applies and undoes migrations: one runner at a time, each file whole or not at all.

A file that must not run in a transaction is run statement by statement. If one fails, those before
it stay, and the file stays pending.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from time import sleep

import psycopg

from storyline.migrations import history
from storyline.migrations.comparison import (
    Applied,
    State,
    Status,
    compared,
    refuse_contradictions,
    to_apply,
)
from storyline.migrations.errors import EventsWouldBeLostError, MigrationError
from storyline.migrations.files import MigrationFile, Section, read_folder
from storyline.migrations.history import Connection
from storyline.migrations.progress import Listener, told
from storyline.migrations.statements import statements

_OLDEST_SERVER = 14
_LOCK = "select pg_try_advisory_lock(hashtextextended('storyline.migrations', 0))"
_PAUSE = 0.1
"""Seconds between two attempts to become the only runner."""
_REPEATABLE = "Mend the cause and run the command again: the file may be repeated."
_NOT_KNOWN_TO_BE_REPEATABLE = (
    "Undo those, or let the file bear to be repeated; then run the command again."
)


def _nobody(_: str) -> None:
    """Where no one wants to know how far it is."""


def migrate_up(
    dsn: str, folder: Path, *, rolling: bool = False, listener: Listener = _nobody
) -> tuple[str, ...]:
    """Apply what is pending, and return its names. Nothing, if files and history disagree.

    `rolling`: old code still runs, so the indexes that only it uses stay until the next time.
    """
    files = read_folder(folder)
    with _alone(dsn) as connection:
        history.prepare(connection)
        statuses = compared(files, history.applied_migrations(connection))
        refuse_contradictions(statuses)
        for status in statuses:
            if status.state is State.APPLIED and _is_new_to_history(status):
                history.take_over(connection, status)
        pending = to_apply(statuses, rolling=rolling)
        with told(dsn, connection, listener):
            for file in pending:
                _apply(connection, file)
    return tuple(file.name for file in pending)


def _is_new_to_history(status: Status) -> bool:
    """Its file has another number now, or stands for others."""
    return status.applied is None or status.applied.name != status.name


def migrate_down(dsn: str, *, delete_events: bool = False) -> str | None:
    """Undo the migration that was applied last, as it was then. None: there is none.

    The files are not looked at: what undoes a migration was remembered when it was applied.
    """
    with _alone(dsn) as connection:
        applied = history.applied_migrations(connection)
        if not applied:
            return None
        _undo(connection, applied[-1], delete_events=delete_events)
        return applied[-1].name


def migration_status(dsn: str, folder: Path) -> tuple[Status, ...]:
    """Changes nothing, and waits for no one."""
    files = read_folder(folder)
    with _connected(dsn) as connection:
        return compared(files, history.applied_migrations(connection))


def _apply(connection: Connection, file: MigrationFile) -> None:
    if not file.up.in_transaction:
        advice = _REPEATABLE if file.after is not None else _NOT_KNOWN_TO_BE_REPEATABLE
        _run_one_by_one(connection, file.up, file.path, advice)
        history.remember(connection, file)
        return
    with connection.transaction():
        _run(connection, file.up, file.path)
        history.remember(connection, file)


def _undo(connection: Connection, applied: Applied, *, delete_events: bool) -> None:
    if applied.down is None:
        raise MigrationError(
            f"`{applied.name}` has no section `-- migrate:down`, so it cannot be undone.",
            "Write a new migration that does.",
        )
    path = f"{applied.name} (down, as it was applied)"
    if not applied.down.in_transaction:
        _run_one_by_one(connection, applied.down, path, _NOT_KNOWN_TO_BE_REPEATABLE)
        history.forget(connection, applied.name)
        return
    with connection.transaction():
        before = history.recorded_events(connection)
        _run(connection, applied.down, path)
        history.forget(connection, applied.name)
        lost = _lost(before, history.recorded_events(connection))
        if lost and not delete_events:
            raise EventsWouldBeLostError(applied.name, lost)


def _lost(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    losses = {schema: count - after.get(schema, 0) for schema, count in before.items()}
    return {schema: loss for schema, loss in losses.items() if loss > 0}


def _run(connection: Connection, section: Section, path: str) -> None:
    """Send the section as one message, as dbmate does: PostgreSQL itself finds the statements."""
    try:
        connection.execute(section.text.encode())
    except psycopg.Error as error:
        line = _line(error, section)
        raise MigrationError(_reason(error), _hint(error), file=path, line=line) from error


def _run_one_by_one(connection: Connection, section: Section, path: str, advice: str) -> None:
    """In one message they would be one transaction; so what was done before a failure stays."""
    every = statements(section.text)
    for number, statement in enumerate(every, start=1):
        try:
            connection.execute(statement.text.encode())
        except psycopg.Error as error:
            first, _, _ = statement.text.partition("\n")
            where = f"Statement {number} of {len(every)}, `{first}`, failed; those before it stay."
            raise MigrationError(
                f"{_reason(error)} {where}",
                f"{_hint(error)} {advice}".strip(),
                file=path,
                line=section.line + statement.line - 1,
            ) from error


def _line(error: psycopg.Error, section: Section) -> int:
    """The line of the file; 0 where PostgreSQL names no position."""
    position = int(error.diag.statement_position or 0)
    return section.line + section.text.count("\n", 0, position) if position else 0


def _reason(error: psycopg.Error) -> str:
    return f"{error.diag.message_primary or error} ({error.sqlstate})."


def _hint(error: psycopg.Error) -> str:
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return "Connect as a role that may create schemas: `grant create on database … to …`."
    if isinstance(error, psycopg.errors.LockNotAvailable):
        return "Run it again when whoever held the lock is done."
    return error.diag.message_hint or ""


@contextmanager
def _alone(dsn: str) -> Generator[Connection]:
    """Connected, and the only runner; others wait. The lock ends with the connection.

    They ask again and again: waiting within a statement they would hold a snapshot, for the end of
    which an index that is made concurrently waits in turn.
    """
    with _connected(dsn) as connection:
        _refuse_pooler(connection)
        while connection.execute(_LOCK).fetchone() != (True,):
            sleep(_PAUSE)
        yield connection


@contextmanager
def _connected(dsn: str) -> Generator[Connection]:
    """In autocommit, so that a file may ask for no transaction. Errors never show the DSN."""
    try:
        connection = psycopg.connect(dsn, autocommit=True, client_encoding="utf8")
    except psycopg.ProgrammingError:
        raise MigrationError(
            "The DSN cannot be read.", "Write it as `postgresql://user:password@host/database`."
        ) from None
    except psycopg.OperationalError as error:
        raise MigrationError(f"The database cannot be reached: {error}") from error
    with connection, _refusals_told():
        _refuse_unsuitable(connection)
        yield connection


@contextmanager
def _refusals_told() -> Generator[None]:
    """What PostgreSQL refuses where no file is to blame: a permission, or it is shut down."""
    try:
        yield
    except psycopg.Error as error:
        raise MigrationError(f"PostgreSQL refuses: {_reason(error)}", _hint(error)) from error


def _refuse_pooler(connection: Connection) -> None:
    """It makes up the process id that the driver is told, and may give each statement another."""
    if connection.execute("select pg_backend_pid()").fetchone() != (connection.info.backend_pid,):
        raise MigrationError(
            "The DSN leads to a pooler, where the lock that keeps other runners out does not last.",
            "Give the DSN of the server itself.",
        )


def _refuse_unsuitable(connection: Connection) -> None:
    version = connection.info.server_version // 10_000
    if version < _OLDEST_SERVER:
        raise MigrationError(
            f"The server is PostgreSQL {version}; it has to be {_OLDEST_SERVER} or newer."
        )
    if connection.execute("select pg_is_in_recovery()").fetchone() == (True,):
        raise MigrationError(
            "The server is a replica, which cannot be written to.", "Connect to its primary."
        )
