"""What a database says of itself → whether a story's clients can work with it. Pure.

A client asks once, before its first statement, and again when a statement was refused: an error of
PostgreSQL tells what failed, and only the catalog why.
"""

from __future__ import annotations

import select
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from psycopg import BaseConnection, DataError, Error, InternalError, errors, pq, sql

from storyline.errors import StorylineError, UnwritableError
from storyline.failures import (
    ConnectionLostError,
    IsolationError,
    MissingMigrationError,
    MissingPrivilegeError,
    OutcomeUnknownError,
    ReadOnlyError,
    WrongStoryError,
)
from storyline.questions import NewEvents
from storyline.statements import Statement
from storyline.story import Story

NAMED = "The log of story "
"""So begins the comment on a story's table of heads, and the story's name follows."""

TABLES: Mapping[str, str] = {
    "commands": "id digest first_id last_id",
    "events": "id type version data metadata created_at",
    "heads": "partition last_id recorded_at is_awaited",
    "parked_events": "type version build id event_id event_type error attempts parked_at wanted"
    " skipped_at",
    "projection_builds": "type version build revision shards target status started_at switched_at",
    "projection_shards": "type version build shard position moved_at folded rate owner fence"
    " expires_at failed_event_id error",
    "projections": "type version build id latest_event_id data created_at updated_at",
    "projectors": "owner runs expires_at",
}
FUNCTIONS: Mapping[str, str] = {
    "append": "text, text, text, jsonb, text, jsonpath, jsonb, bigint, timestamp with time zone,"
    " text, text, bigint, timestamp with time zone, text",
    "append_in_transaction": "text, text, text, jsonb, text, jsonpath, jsonb, bigint,"
    " timestamp with time zone, text, text",
}
"""The tables and functions that this code works with; a test compares the migration's."""

NEEDED = (
    *(f"{table}.{column}" for table, columns in TABLES.items() for column in columns.split()),
    *(f"{name}({types})" for name, types in FUNCTIONS.items()),
)

DUBIOUS = (
    errors.UndefinedTable,
    errors.UndefinedColumn,
    errors.UndefinedFunction,
    errors.InvalidSchemaName,
    errors.InsufficientPrivilege,
    errors.ReadOnlySqlTransaction,
    errors.SerializationFailure,
)
"""Errors after which a look at the catalog tells what is wrong."""


class Surroundings(NamedTuple):
    database: str
    role: str
    is_replica: bool
    isolation: str
    process: int
    """A pooler tells the driver another one, as each transaction may get another."""
    comment: str | None
    found: Sequence[str]

    def refusal(self, story: Story) -> StorylineError | None:
        """Why no client of the story can work here, if so."""
        owner = self.comment.removeprefix(NAMED) if self.comment else None
        if self.comment and owner != self.comment and owner != story.name:
            return WrongStoryError(story.name, str(owner), story.schema, self.database)
        missing = [*(name for name in NEEDED if name not in self.found)]
        if owner != story.name:
            missing.append("comment on heads")
        if missing:
            whole = not any(name in self.found for name in NEEDED)
            return MissingMigrationError(story.name, self.database, missing, whole)
        return None

    def explained(self, story: Story, error: Error) -> Exception:
        """An error of PostgreSQL in our words; itself, where the surroundings are not to blame."""
        match error:
            case errors.ReadOnlySqlTransaction():
                return ReadOnlyError(self.database, self.is_replica)
            case errors.InsufficientPrivilege():
                return MissingPrivilegeError(self.role, str(error.diag.message_primary))
            case errors.SerializationFailure():
                return (
                    error if self.isolation == "read committed" else IsolationError(self.isolation)
                )
            case _:
                return self.refusal(story) or error


def inspection(story: Story) -> Statement:
    """Reads the catalog only, so that it needs no privilege on the story's tables."""
    return Statement(_INSPECTION, (story.schema, list(TABLES), list(FUNCTIONS)))


_INSPECTION = sql.SQL("""
    with story as (select oid from pg_catalog.pg_namespace where nspname = %s),
    tables as (
        select oid, relname from pg_catalog.pg_class
        where relnamespace = (select oid from story) and relname = any (%s::text[])
    )
    select
        pg_catalog.current_database()::text,
        current_user::text,
        pg_catalog.pg_is_in_recovery(),
        pg_catalog.current_setting('transaction_isolation'),
        pg_catalog.pg_backend_pid(),
        (
            select pg_catalog.obj_description(oid, 'pg_class')
            from tables where relname = 'heads'
        ),
        array(
            select relname || '.' || attname
            from tables join pg_catalog.pg_attribute on attrelid = tables.oid
            where attnum > 0 and not attisdropped
            union all
            select proname || '(' || pg_catalog.oidvectortypes(proargtypes) || ')'
            from pg_catalog.pg_proc
            where pronamespace = (select oid from story) and proname = any (%s::text[])
        )
""")


def has_lost(connection: BaseConnection[Any], error: BaseException | None) -> bool:
    """Whether the error is that of a connection which nobody can talk over any more.

    Without a code, the driver's `InternalError` says that an answer made no sense: a pooler adds to
    what its server has begun to say before it died.
    """
    is_senseless = isinstance(error, InternalError) and error.sqlstate is None
    return is_senseless or (isinstance(error, Error) and connection.closed)


def was_closed(connection: pq.abc.PGconn) -> bool:
    """Whether the server has hung up, as far as this side was told. Costs no round trip.

    An idle connection has nothing to say: if there is something to read, it is mostly good-bye.
    """
    poll = select.poll()
    poll.register(connection.socket, select.POLLIN)
    try:
        for _ in range(2):  # the reason, and then the end
            if not poll.poll(0):
                return False
            connection.consume_input()
    except Error:
        return True
    return connection.status != pq.ConnStatus.OK


UNANSWERED = (ConnectionLostError, errors.QueryCanceled, errors.LockNotAvailable)
"""After these nobody knows what became of an append.

An answer may also be missing because a time-out of the user's has cancelled the statement: the
procedure may have committed by then.
"""


def outcome_unknown(new: NewEvents[Any], error: ConnectionLostError | Error) -> OutcomeUnknownError:
    if isinstance(error, ConnectionLostError):
        reason = error.reason
    else:
        reason = str(error.diag.message_primary)
    types = [event.__type__ for event in new.events]
    return OutcomeUnknownError(types, new.command.id if new.command else None, reason)


UNWRITABLE = (DataError, errors.ProgramLimitExceeded, errors.StatementTooComplex)
"""After these nothing was written, however often it is asked: a value is larger than a column or an
index takes, or none of the column's type. The driver calls some of them operational.
"""


def unwritable(types: Iterable[str], error: Error) -> UnwritableError:
    """Nobody is told which value it was; mostly the message names the index."""
    reason = error.diag.message_primary or str(error)
    return UnwritableError(", ".join(dict.fromkeys(types)), reason)
