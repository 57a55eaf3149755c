# Made by runtime/make_sync.py; edit runtime/storyline/_async/connections.py
"""A DSN or a pool → rows of statements. The only place that holds a connection."""

from __future__ import annotations

import os
import threading
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager
from time import perf_counter
from typing import Any, Literal, TypeAlias
from weakref import WeakKeyDictionary

from psycopg import (
    Connection,
    Cursor,
    Error,
    IsolationLevel,
    ProgrammingError,
)
from psycopg.errors import SerializationFailure
from psycopg.rows import tuple_row
from psycopg_pool import ConnectionPool, PoolTimeout, TooManyRequests

from storyline.asking import statement
from storyline.dsn import Dsn
from storyline.errors import TransactionOverError
from storyline.failures import (
    ConnectionLostError,
    IsolationError,
    PoolExhaustedError,
    UnreachableError,
)
from storyline.questions import Question
from storyline.rows import Row, collector_paused
from storyline.statements import Statement, idle_in_transaction
from storyline.story import Story
from storyline.surroundings import DUBIOUS, Surroundings, has_lost, inspection, was_closed
from storyline.telemetry import waited

Durability: TypeAlias = Literal["barrier", "commit"]

_suitable: WeakKeyDictionary[ConnectionPool[Any], dict[Story, bool]] = WeakKeyDictionary()
"""For which stories the database of a pool suits, and whether a pooler stands before it."""


class Session:
    """One connection: what was read before a crash is never mixed with what is after.

    Rows come in binary, which knows no date style.
    """

    def __init__(self, cursor: Cursor[Row], is_pooled: bool) -> None:
        self._cursor = cursor
        self._is_pooled = is_pooled

    def fetch(self, statement: Statement) -> list[Row]:
        text, values, _ = statement
        prepare = self._may_prepare(statement)
        self._cursor.execute(text, values, prepare=prepare, binary=True)
        with collector_paused():
            return self._cursor.fetchall()

    def pieces(self, statement: Statement, size: int) -> Generator[list[Row]]:
        """All rows are here when the first piece is, but as the bytes that came, which are small.

        Made into objects when they are needed, they never leave the processor's cache, and the
        collector of garbage has nothing to look through.
        """
        text, values, _ = statement
        cursor = _cursor(self._cursor.connection)
        prepare = self._may_prepare(statement)
        cursor.execute(text, values, prepare=prepare, binary=True)
        while rows := cursor.fetchmany(size):
            yield rows

    def run(self, statement: Statement) -> int:
        """The number of rows that were written."""
        text, values, _ = statement
        prepare = self._may_prepare(statement)
        return (self._cursor.execute(text, values, prepare=prepare)).rowcount

    def _may_prepare(self, statement: Statement) -> bool | None:
        """None: once it was asked often enough.

        Behind a pooler never: the next transaction may meet a process that was not told of it.
        """
        return False if self._is_pooled or statement.is_planned_by_value else None

    @contextmanager
    def transaction(self, patience: float) -> Generator[None]:
        """Committed to disk when it ends.

        Whoever is frozen in it for so many seconds loses the connection: the locks would hold up
        those who go on in its place.
        """
        with self._cursor.connection.transaction():
            self.run(idle_in_transaction(patience))
            yield


class Connections:
    """Lends connections in autocommit. A pool that was given is neither opened nor closed here."""

    def __init__(
        self,
        story: Story,
        pool_or_dsn: ConnectionPool[Any] | Dsn | str,
        durability: Durability,
    ) -> None:
        self._story = story
        self._shared_flush = durability == "barrier"
        given = Dsn(pool_or_dsn) if isinstance(pool_or_dsn, str) else pool_or_dsn
        self._dsn = given if isinstance(given, Dsn) else None
        self._pool = _pool(given)
        self._opened_by: int | None = None
        self._opening = threading.Lock()

    def answer(self, question: Question) -> list[Row]:
        """Raises the errors of `failures`, but for `OutcomeUnknownError`, which is the caller's."""
        return self.fetch(statement(self._story, question, self._shared_flush))

    def fetch(self, statement: Statement) -> list[Row]:
        with self._connection() as connection:
            is_pooled = self._require_suitable(connection)
            try:
                return _rows(connection, statement, is_pooled)
            except DUBIOUS as error:
                found = self._surroundings(connection)
                raise found.explained(self._story, error) from error

    @contextmanager
    def session(self) -> Generator[Session]:
        """Lends one connection for a long time; what breaks it breaks the session."""
        with self._connection() as connection:
            is_pooled = self._require_suitable(connection)
            try:
                with _cursor(connection) as cursor:
                    yield Session(cursor, is_pooled)
            except DUBIOUS as error:
                found = self._surroundings(connection)
                raise found.explained(self._story, error) from error

    def close(self) -> None:
        if self._dsn is not None:
            self._pool.close()

    @contextmanager
    def in_transaction(self) -> Generator[Borrowed]:
        """At read committed, whatever the session's default: stricter levels fail at the head."""
        with self._connection() as connection:
            is_pooled = self._require_suitable(connection)
            level = connection.isolation_level
            connection.set_isolation_level(IsolationLevel.READ_COMMITTED)
            borrowed = Borrowed(self._story, connection, is_pooled)
            try:
                with connection.transaction():
                    yield borrowed
            finally:
                borrowed.give_back()
                if not connection.closed:
                    connection.set_isolation_level(level)

    def _require_suitable(self, connection: Connection[Any]) -> bool:
        """Asks once for each pool and story, so that a wrong database is told before it is used."""
        known = _suitable.get(self._pool)
        if known is None or self._story not in known:
            found = self._surroundings(connection)
            if refusal := found.refusal(self._story):
                raise refusal
            known = _suitable.setdefault(self._pool, {})
            known[self._story] = found.process != connection.info.backend_pid
        return known[self._story]

    def _surroundings(self, connection: Connection[Any]) -> Surroundings:
        return _surroundings_of(connection, self._story)

    @contextmanager
    def _connection(self) -> Generator[Connection[Any]]:
        """In autocommit: the procedure that appends commits by itself. Put back as it was.

        What broke one connection has mostly broken all: then the pool looks through its others, so
        that a restart of the server is one error, not one for each.
        """
        if self._dsn is not None and self._opened_by != os.getpid():
            self._open(self._dsn)
        connection = self._taken()
        try:
            is_ready = connection.autocommit
            if not is_ready:
                connection.set_autocommit(True)
            try:
                yield connection
            finally:
                if connection.closed:
                    self._pool.check()
                elif not is_ready:
                    connection.set_autocommit(False)
        except Error as error:
            if has_lost(connection, error):
                raise ConnectionLostError(str(error)) from error
            raise
        finally:
            self._pool.putconn(connection)

    def _taken(self) -> Connection[Any]:
        """One that the server has not closed while it lay in the pool."""
        connection = self._free()
        if was_closed(connection.pgconn):
            self._pool.putconn(connection)
            self._pool.check()
            connection = self._free()
        return connection

    def _free(self) -> Connection[Any]:
        began = perf_counter()
        try:
            connection: Connection[Any] = self._pool.getconn()
        except (PoolTimeout, TooManyRequests) as error:
            if self._dsn is not None:
                _require_reachable(self._dsn.text)
            stats = self._pool.get_stats()
            waiting = stats.get("requests_waiting", 0)
            raise PoolExhaustedError(self._pool.timeout, self._pool.max_size, waiting) from error
        waited(self._pool.name, perf_counter() - began)
        return connection

    def _open(self, dsn: Dsn) -> None:
        """Connects once before: a wrong DSN fails at once, where a pool would go on trying.

        In each process anew: one that was forked would talk into the connections of its parent.
        """
        with self._opening:
            if self._opened_by == os.getpid():
                return
            _require_reachable(dsn.text)
            if self._opened_by is not None:
                self._pool = _pool(dsn)
            self._pool.open()
            self._opened_by = os.getpid()


class Borrowed:
    """A connection in a transaction that others begin and end. Lends what it has borrowed."""

    def __init__(
        self, story: Story, connection: Connection[Any], is_pooled: bool | None = None
    ) -> None:
        """`is_pooled` is known if the database is; else it is looked at before its first use."""
        self._story = story
        self._connection: Connection[Any] | None = connection
        self._is_pooled = is_pooled
        self._isolation = "read committed"

    @property
    def connection(self) -> Connection[Any]:
        """Raises `TransactionOverError`."""
        if self._connection is None:
            raise TransactionOverError
        return self._connection

    def answer(self, question: Question) -> list[Row]:
        return self.fetch(statement(self._story, question, shared_flush=False))

    def fetch(self, statement: Statement) -> list[Row]:
        """An error ends the transaction, as PostgreSQL has it: so nobody asks the catalog why."""
        connection = self.connection
        if self._is_pooled is None:
            self._is_pooled = self._require_suitable(connection)
        try:
            return _rows(connection, statement, self._is_pooled)
        except SerializationFailure as error:
            if self._isolation == "read committed":
                raise
            raise IsolationError(self._isolation) from error

    @contextmanager
    def in_transaction(self) -> Generator[Borrowed]:
        """One within the caller's: a savepoint, unless the connection is in none yet."""
        borrowed = Borrowed(self._story, self.connection, self._is_pooled)
        try:
            with self.connection.transaction():
                yield borrowed
        finally:
            borrowed.give_back()

    def session(self) -> AbstractContextManager[Session]:
        """What commits as it goes cannot be part of a transaction."""
        raise TypeError(
            "a projector or a subscription needs a client with a pool or a DSN, not a connection"
        )

    def give_back(self) -> None:
        self._connection = None

    def close(self) -> None:
        """The connection stays the caller's."""

    def _require_suitable(self, connection: Connection[Any]) -> bool:
        found = _surroundings_of(connection, self._story)
        if refusal := found.refusal(self._story):
            raise refusal
        self._isolation = found.isolation
        return found.process != connection.info.backend_pid


def _surroundings_of(connection: Connection[Any], story: Story) -> Surroundings:
    (row,) = _rows(connection, inspection(story), is_pooled=True)
    return Surroundings(*row)


def _rows(connection: Connection[Any], statement: Statement, is_pooled: bool) -> list[Row]:
    """Nobody closes the cursor: it holds nothing but the rows."""
    return Session(_cursor(connection), is_pooled).fetch(statement)


def _cursor(connection: Connection[Any]) -> Cursor[Row]:
    """A plain one, whatever the pool makes."""
    return Cursor(connection, row_factory=tuple_row)


def _require_reachable(dsn: str) -> None:
    try:
        (Connection.connect(dsn)).close()
    except ProgrammingError:
        raise UnreachableError("the DSN cannot be read") from None
    except Error as error:
        raise UnreachableError(str(error)) from error


def _pool(given: ConnectionPool[Any] | Dsn) -> ConnectionPool[Any]:
    match given:
        case Dsn() as dsn:
            return ConnectionPool(
                dsn.text,
                min_size=dsn.min_size,
                max_size=dsn.max_size,
                timeout=dsn.timeout,
                kwargs=dsn.settings(),
                open=False,
            )
        case ConnectionPool():
            return given
        case _:
            raise TypeError(f"a client needs a pool of its kind or a DSN, not {given!r}")
