"""A DSN or a pool → rows of statements. The only place that holds a connection."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from time import perf_counter
from typing import Any, Literal, TypeAlias
from weakref import WeakKeyDictionary

from psycopg import (
    AsyncConnection,
    AsyncCursor,
    Error,
    IsolationLevel,
    ProgrammingError,
)
from psycopg.errors import SerializationFailure
from psycopg.rows import tuple_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout, TooManyRequests

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

_suitable: WeakKeyDictionary[AsyncConnectionPool[Any], dict[Story, bool]] = WeakKeyDictionary()
"""For which stories the database of a pool suits, and whether a pooler stands before it."""


class AsyncSession:
    """One connection: what was read before a crash is never mixed with what is after.

    Rows come in binary, which knows no date style.
    """

    def __init__(self, cursor: AsyncCursor[Row], is_pooled: bool) -> None:
        self._cursor = cursor
        self._is_pooled = is_pooled

    async def fetch(self, statement: Statement) -> list[Row]:
        text, values, _ = statement
        prepare = self._may_prepare(statement)
        await self._cursor.execute(text, values, prepare=prepare, binary=True)
        with collector_paused():
            return await self._cursor.fetchall()

    async def pieces(self, statement: Statement, size: int) -> AsyncGenerator[list[Row]]:
        """All rows are here when the first piece is, but as the bytes that came, which are small.

        Made into objects when they are needed, they never leave the processor's cache, and the
        collector of garbage has nothing to look through.
        """
        text, values, _ = statement
        cursor = _cursor(self._cursor.connection)
        prepare = self._may_prepare(statement)
        await cursor.execute(text, values, prepare=prepare, binary=True)
        while rows := await cursor.fetchmany(size):
            yield rows

    async def run(self, statement: Statement) -> int:
        """The number of rows that were written."""
        text, values, _ = statement
        prepare = self._may_prepare(statement)
        return (await self._cursor.execute(text, values, prepare=prepare)).rowcount

    def _may_prepare(self, statement: Statement) -> bool | None:
        """None: once it was asked often enough.

        Behind a pooler never: the next transaction may meet a process that was not told of it.
        """
        return False if self._is_pooled or statement.is_planned_by_value else None

    @asynccontextmanager
    async def transaction(self, patience: float) -> AsyncGenerator[None]:
        """Committed to disk when it ends.

        Whoever is frozen in it for so many seconds loses the connection: the locks would hold up
        those who go on in its place.
        """
        async with self._cursor.connection.transaction():
            await self.run(idle_in_transaction(patience))
            yield


class AsyncConnections:
    """Lends connections in autocommit. A pool that was given is neither opened nor closed here."""

    def __init__(
        self,
        story: Story,
        pool_or_dsn: AsyncConnectionPool[Any] | Dsn | str,
        durability: Durability,
    ) -> None:
        self._story = story
        self._shared_flush = durability == "barrier"
        given = Dsn(pool_or_dsn) if isinstance(pool_or_dsn, str) else pool_or_dsn
        self._dsn = given if isinstance(given, Dsn) else None
        self._pool = _pool(given)
        self._opened_by: int | None = None
        self._opening = asyncio.Lock()

    async def answer(self, question: Question) -> list[Row]:
        """Raises the errors of `failures`, but for `OutcomeUnknownError`, which is the caller's."""
        return await self.fetch(statement(self._story, question, self._shared_flush))

    async def fetch(self, statement: Statement) -> list[Row]:
        async with self._connection() as connection:
            is_pooled = await self._require_suitable(connection)
            try:
                return await _rows(connection, statement, is_pooled)
            except DUBIOUS as error:
                found = await self._surroundings(connection)
                raise found.explained(self._story, error) from error

    @asynccontextmanager
    async def session(self) -> AsyncGenerator[AsyncSession]:
        """Lends one connection for a long time; what breaks it breaks the session."""
        async with self._connection() as connection:
            is_pooled = await self._require_suitable(connection)
            try:
                async with _cursor(connection) as cursor:
                    yield AsyncSession(cursor, is_pooled)
            except DUBIOUS as error:
                found = await self._surroundings(connection)
                raise found.explained(self._story, error) from error

    async def close(self) -> None:
        if self._dsn is not None:
            await self._pool.close()

    @asynccontextmanager
    async def in_transaction(self) -> AsyncGenerator[AsyncBorrowed]:
        """At read committed, whatever the session's default: stricter levels fail at the head."""
        async with self._connection() as connection:
            is_pooled = await self._require_suitable(connection)
            level = connection.isolation_level
            await connection.set_isolation_level(IsolationLevel.READ_COMMITTED)
            borrowed = AsyncBorrowed(self._story, connection, is_pooled)
            try:
                async with connection.transaction():
                    yield borrowed
            finally:
                borrowed.give_back()
                if not connection.closed:
                    await connection.set_isolation_level(level)

    async def _require_suitable(self, connection: AsyncConnection[Any]) -> bool:
        """Asks once for each pool and story, so that a wrong database is told before it is used."""
        known = _suitable.get(self._pool)
        if known is None or self._story not in known:
            found = await self._surroundings(connection)
            if refusal := found.refusal(self._story):
                raise refusal
            known = _suitable.setdefault(self._pool, {})
            known[self._story] = found.process != connection.info.backend_pid
        return known[self._story]

    async def _surroundings(self, connection: AsyncConnection[Any]) -> Surroundings:
        return await _surroundings_of(connection, self._story)

    @asynccontextmanager
    async def _connection(self) -> AsyncGenerator[AsyncConnection[Any]]:
        """In autocommit: the procedure that appends commits by itself. Put back as it was.

        What broke one connection has mostly broken all: then the pool looks through its others, so
        that a restart of the server is one error, not one for each.
        """
        if self._dsn is not None and self._opened_by != os.getpid():
            await self._open(self._dsn)
        connection = await self._taken()
        try:
            is_ready = connection.autocommit
            if not is_ready:
                await connection.set_autocommit(True)
            try:
                yield connection
            finally:
                if connection.closed:
                    await self._pool.check()
                elif not is_ready:
                    await connection.set_autocommit(False)
        except Error as error:
            if has_lost(connection, error):
                raise ConnectionLostError(str(error)) from error
            raise
        finally:
            await self._pool.putconn(connection)

    async def _taken(self) -> AsyncConnection[Any]:
        """One that the server has not closed while it lay in the pool."""
        connection = await self._free()
        if was_closed(connection.pgconn):
            await self._pool.putconn(connection)
            await self._pool.check()
            connection = await self._free()
        return connection

    async def _free(self) -> AsyncConnection[Any]:
        began = perf_counter()
        try:
            connection: AsyncConnection[Any] = await self._pool.getconn()
        except (PoolTimeout, TooManyRequests) as error:
            if self._dsn is not None:
                await _require_reachable(self._dsn.text)
            stats = self._pool.get_stats()
            waiting = stats.get("requests_waiting", 0)
            raise PoolExhaustedError(self._pool.timeout, self._pool.max_size, waiting) from error
        waited(self._pool.name, perf_counter() - began)
        return connection

    async def _open(self, dsn: Dsn) -> None:
        """Connects once before: a wrong DSN fails at once, where a pool would go on trying.

        In each process anew: one that was forked would talk into the connections of its parent.
        """
        async with self._opening:
            if self._opened_by == os.getpid():
                return
            await _require_reachable(dsn.text)
            if self._opened_by is not None:
                self._pool = _pool(dsn)
            await self._pool.open()
            self._opened_by = os.getpid()


class AsyncBorrowed:
    """A connection in a transaction that others begin and end. Lends what it has borrowed."""

    def __init__(
        self, story: Story, connection: AsyncConnection[Any], is_pooled: bool | None = None
    ) -> None:
        """`is_pooled` is known if the database is; else it is looked at before its first use."""
        self._story = story
        self._connection: AsyncConnection[Any] | None = connection
        self._is_pooled = is_pooled
        self._isolation = "read committed"

    @property
    def connection(self) -> AsyncConnection[Any]:
        """Raises `TransactionOverError`."""
        if self._connection is None:
            raise TransactionOverError
        return self._connection

    async def answer(self, question: Question) -> list[Row]:
        return await self.fetch(statement(self._story, question, shared_flush=False))

    async def fetch(self, statement: Statement) -> list[Row]:
        """An error ends the transaction, as PostgreSQL has it: so nobody asks the catalog why."""
        connection = self.connection
        if self._is_pooled is None:
            self._is_pooled = await self._require_suitable(connection)
        try:
            return await _rows(connection, statement, self._is_pooled)
        except SerializationFailure as error:
            if self._isolation == "read committed":
                raise
            raise IsolationError(self._isolation) from error

    @asynccontextmanager
    async def in_transaction(self) -> AsyncGenerator[AsyncBorrowed]:
        """One within the caller's: a savepoint, unless the connection is in none yet."""
        borrowed = AsyncBorrowed(self._story, self.connection, self._is_pooled)
        try:
            async with self.connection.transaction():
                yield borrowed
        finally:
            borrowed.give_back()

    def session(self) -> AbstractAsyncContextManager[AsyncSession]:
        """What commits as it goes cannot be part of a transaction."""
        raise TypeError(
            "a projector or a subscription needs a client with a pool or a DSN, not a connection"
        )

    def give_back(self) -> None:
        self._connection = None

    async def close(self) -> None:
        """The connection stays the caller's."""

    async def _require_suitable(self, connection: AsyncConnection[Any]) -> bool:
        found = await _surroundings_of(connection, self._story)
        if refusal := found.refusal(self._story):
            raise refusal
        self._isolation = found.isolation
        return found.process != connection.info.backend_pid


async def _surroundings_of(connection: AsyncConnection[Any], story: Story) -> Surroundings:
    (row,) = await _rows(connection, inspection(story), is_pooled=True)
    return Surroundings(*row)


async def _rows(
    connection: AsyncConnection[Any], statement: Statement, is_pooled: bool
) -> list[Row]:
    """Nobody closes the cursor: it holds nothing but the rows."""
    return await AsyncSession(_cursor(connection), is_pooled).fetch(statement)


def _cursor(connection: AsyncConnection[Any]) -> AsyncCursor[Row]:
    """A plain one, whatever the pool makes."""
    return AsyncCursor(connection, row_factory=tuple_row)


async def _require_reachable(dsn: str) -> None:
    try:
        await (await AsyncConnection.connect(dsn)).close()
    except ProgrammingError:
        raise UnreachableError("the DSN cannot be read") from None
    except Error as error:
        raise UnreachableError(str(error)) from error


def _pool(given: AsyncConnectionPool[Any] | Dsn) -> AsyncConnectionPool[Any]:
    match given:
        case Dsn() as dsn:
            return AsyncConnectionPool(
                dsn.text,
                min_size=dsn.min_size,
                max_size=dsn.max_size,
                timeout=dsn.timeout,
                kwargs=dsn.settings(),
                open=False,
            )
        case AsyncConnectionPool():
            return given
        case _:
            raise TypeError(f"a client needs a pool of its kind or a DSN, not {given!r}")
