"""Statements → their rows, on a connection of a pool or one of the caller's."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Literal, TypeAlias
from weakref import WeakKeyDictionary

from psycopg import (
    AsyncConnection,
    AsyncCursor,
    IsolationLevel,
)
from psycopg.errors import SerializationFailure
from psycopg.rows import tuple_row
from psycopg_pool import AsyncConnectionPool

from storyline._async.pools import AsyncPool
from storyline.asking import statement
from storyline.dsn import Dsn
from storyline.errors import TransactionOverError
from storyline.failures import (
    IsolationError,
)
from storyline.questions import Question
from storyline.rows import Row, collector_paused
from storyline.statements import Statement, idle_in_transaction
from storyline.story import Story
from storyline.surroundings import DUBIOUS, Surroundings, inspection

Durability: TypeAlias = Literal["barrier", "commit"]

_suitable: WeakKeyDictionary[AsyncConnectionPool[Any], dict[Story, bool]] = WeakKeyDictionary()
"""For which stories the database of a pool suits, and whether a pooler stands before it."""


class AsyncSession:
    """One connection: what was read before a crash is never mixed with what is after.

    Rows come in binary, which knows no date style.
    """

    def __init__(self, cursor: AsyncCursor[Row], is_pooled: bool) -> None:
        self._cursor = cursor
        self.is_pooled = is_pooled

    async def is_told(self, seconds: float) -> bool:
        """Waits for a notification on a channel that is listened to, but no longer than that."""
        is_told = False
        async for _ in self._cursor.connection.notifies(timeout=seconds, stop_after=1):
            is_told = True
        return is_told

    async def fetch(self, statement: Statement) -> list[Row]:
        return await _fetched(self._cursor, statement, self.is_pooled)

    async def pieces(self, statement: Statement, size: int) -> AsyncGenerator[list[Row]]:
        """All rows are here when the first piece is, but as the bytes that came, which are small.

        Made into objects when they are needed, they never leave the processor's cache.
        """
        text, values, _ = statement
        cursor = _cursor(self._cursor.connection)
        prepare = _may_prepare(statement, self.is_pooled)
        await cursor.execute(text, values, prepare=prepare, binary=True)
        while rows := await cursor.fetchmany(size):
            yield rows

    async def run(self, statement: Statement) -> int:
        """The number of rows that were written."""
        text, values, _ = statement
        prepare = _may_prepare(statement, self.is_pooled)
        return (await self._cursor.execute(text, values, prepare=prepare)).rowcount

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
    """Those of a pool, each lent for a question or a block."""

    def __init__(
        self,
        story: Story,
        pool_or_dsn: AsyncConnectionPool[Any] | Dsn | str,
        durability: Durability,
    ) -> None:
        self._story = story
        self._shared_flush = durability == "barrier"
        self._pool = AsyncPool(pool_or_dsn)

    async def answer(self, question: Question) -> list[Row]:
        """Raises the errors of `failures`, but for `OutcomeUnknownError`, which is the caller's."""
        return await self.fetch(statement(self._story, question, self._shared_flush))

    async def fetch(self, statement: Statement) -> list[Row]:
        async with self._pool.lent() as connection:
            is_pooled = await self._require_suitable(connection)
            try:
                return await _fetched(_cursor(connection), statement, is_pooled)
            except DUBIOUS as error:
                found = await self._surroundings(connection)
                raise found.explained(self._story, error) from error

    @asynccontextmanager
    async def session(self) -> AsyncGenerator[AsyncSession]:
        """Lends one connection for a long time; what breaks it breaks the session."""
        async with self._pool.lent() as connection:
            is_pooled = await self._require_suitable(connection)
            try:
                async with _cursor(connection) as cursor:
                    yield AsyncSession(cursor, is_pooled)
            except DUBIOUS as error:
                found = await self._surroundings(connection)
                raise found.explained(self._story, error) from error

    async def close(self) -> None:
        await self._pool.close()

    @asynccontextmanager
    async def in_transaction(self) -> AsyncGenerator[AsyncBorrowed]:
        """At read committed, whatever the session's default: stricter levels fail at the head."""
        async with self._pool.lent() as connection:
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
        pool = self._pool.connections
        known = _suitable.get(pool)
        if known is None or self._story not in known:
            found = await self._surroundings(connection)
            if refusal := found.refusal(self._story):
                raise refusal
            known = _suitable.setdefault(pool, {})
            known[self._story] = found.process != connection.info.backend_pid
        return known[self._story]

    async def _surroundings(self, connection: AsyncConnection[Any]) -> Surroundings:
        return await _surroundings_of(connection, self._story)


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

    @property
    def _level(self) -> str:
        """As the caller has set it by now; else the session's, as it was found."""
        level = self.connection.isolation_level
        return self._isolation if level is None else level.name.lower().replace("_", " ")

    async def answer(self, question: Question) -> list[Row]:
        return await self.fetch(statement(self._story, question, shared_flush=False))

    async def fetch(self, statement: Statement) -> list[Row]:
        """An error ends the transaction, as PostgreSQL has it: so nobody asks the catalog why."""
        connection = self.connection
        if self._is_pooled is None:
            self._is_pooled = await self._require_suitable(connection)
        try:
            return await _fetched(_cursor(connection), statement, self._is_pooled)
        except SerializationFailure as error:
            level = self._level
            if level == "read committed":
                raise
            raise IsolationError(level) from error

    @asynccontextmanager
    async def in_transaction(self) -> AsyncGenerator[AsyncBorrowed]:
        """One within the caller's: a savepoint, unless the connection is in none yet."""
        borrowed = AsyncBorrowed(self._story, self.connection, self._is_pooled)
        borrowed._isolation = self._isolation
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
    (row,) = await _fetched(_cursor(connection), inspection(story), is_pooled=True)
    return Surroundings(*row)


async def _fetched(cursor: AsyncCursor[Row], statement: Statement, is_pooled: bool) -> list[Row]:
    """In binary, which knows no date style. Nobody closes the cursor: it holds but the rows."""
    prepare = _may_prepare(statement, is_pooled)
    await cursor.execute(statement.text, statement.parameters, prepare=prepare, binary=True)
    with collector_paused():
        return await cursor.fetchall()


def _may_prepare(statement: Statement, is_pooled: bool) -> bool | None:
    """None: once it was asked often enough.

    Behind a pooler never: the next transaction may meet a process that was not told of it.
    """
    return False if is_pooled or statement.is_planned_by_value else None


def _cursor(connection: AsyncConnection[Any]) -> AsyncCursor[Row]:
    """A plain one, whatever the pool makes."""
    return AsyncCursor(connection, row_factory=tuple_row)
