"""A DSN or a pool → rows of statements. The only place that holds a connection."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from psycopg import AsyncConnection, AsyncCursor, errors
from psycopg.abc import Buffer
from psycopg.rows import tuple_row
from psycopg.types.string import TextBinaryLoader
from psycopg_pool import AsyncConnectionPool

from storyline.errors import MissingMigrationError
from storyline.rows import Row
from storyline.statements import Statement
from storyline.story import Story

_MISSING = (errors.UndefinedTable, errors.UndefinedFunction, errors.InvalidSchemaName)


class _JsonTextLoader(TextBinaryLoader):
    """Leaves JSON as text, whose numbers are exact."""

    def load(self, data: Buffer) -> bytes | str:
        return super().load(data[1:])  # the first byte is the version of the format


class AsyncConnections:
    """Lends connections in autocommit. A pool that was given is neither opened nor closed here."""

    def __init__(self, story: Story, pool_or_dsn: AsyncConnectionPool[Any] | str) -> None:
        self._story = story
        self._dsn = pool_or_dsn if isinstance(pool_or_dsn, str) else None
        self._pool = _pool(pool_or_dsn)
        self._opened_by: int | None = None
        self._opening = asyncio.Lock()

    async def fetch(self, statement: Statement) -> list[Row]:
        """Raises `MissingMigrationError` where the story's tables or functions are missing."""
        try:
            async with self._cursor() as cursor:
                await cursor.execute(statement.text, statement.parameters, binary=True)
                return await cursor.fetchall()
        except _MISSING as error:
            raise MissingMigrationError(self._story.name) from error

    async def close(self) -> None:
        if self._dsn is not None:
            await self._pool.close()

    @asynccontextmanager
    async def _cursor(self) -> AsyncGenerator[AsyncCursor[Row]]:
        """A plain one, whatever the pool makes. For rows in binary, which know no date style."""
        async with (
            self._connection() as connection,
            AsyncCursor(connection, row_factory=tuple_row) as cursor,
        ):
            cursor.adapters.register_loader("jsonb", _JsonTextLoader)
            yield cursor

    @asynccontextmanager
    async def _connection(self) -> AsyncGenerator[AsyncConnection[Any]]:
        """In autocommit: the procedure that appends commits by itself. Put back as it was.

        What broke one connection has mostly broken all: then the pool looks through its others, so
        that a restart of the server is one error, not one for each.
        """
        if self._dsn is not None and self._opened_by != os.getpid():
            await self._open(self._dsn)
        async with self._pool.connection() as connection:
            autocommit = connection.autocommit
            await connection.set_autocommit(True)
            try:
                yield connection
            finally:
                if connection.closed:
                    await self._pool.check()
                else:
                    await connection.set_autocommit(autocommit)

    async def _open(self, dsn: str) -> None:
        """Connects once before: a wrong DSN fails at once, where a pool would go on trying.

        In each process anew: one that was forked would talk into the connections of its parent.
        """
        async with self._opening:
            if self._opened_by == os.getpid():
                return
            await (await AsyncConnection.connect(dsn)).close()
            if self._opened_by is not None:
                self._pool = _pool(dsn)
            await self._pool.open()
            self._opened_by = os.getpid()


def _pool(pool_or_dsn: AsyncConnectionPool[Any] | str) -> AsyncConnectionPool[Any]:
    match pool_or_dsn:
        case str() as dsn:
            return AsyncConnectionPool(dsn, min_size=1, max_size=10, open=False)
        case AsyncConnectionPool():
            return pool_or_dsn
        case _:
            raise TypeError(f"a client needs a pool of its kind or a DSN, not {pool_or_dsn!r}")
