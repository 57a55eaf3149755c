"""A DSN or a pool → rows of statements. The only place that holds a connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from psycopg import AsyncConnection, AsyncCursor, errors
from psycopg.rows import tuple_row
from psycopg.types.string import TextLoader
from psycopg_pool import AsyncConnectionPool

from storyline.errors import MissingMigrationError
from storyline.rows import Row
from storyline.statements import Statement
from storyline.story import Story

_MISSING = (errors.UndefinedTable, errors.UndefinedFunction, errors.InvalidSchemaName)


class AsyncConnections:
    """Lends connections in autocommit. A pool that was given is neither opened nor closed here."""

    def __init__(self, story: Story, pool_or_dsn: AsyncConnectionPool[Any] | str) -> None:
        self._story = story
        self._dsn = pool_or_dsn if isinstance(pool_or_dsn, str) else None
        self._pool = _own_pool(pool_or_dsn) if isinstance(pool_or_dsn, str) else pool_or_dsn
        self._is_open = self._dsn is None
        self._opening = asyncio.Lock()

    async def fetch(self, statement: Statement) -> list[Row]:
        """Raises `MissingMigrationError` where the story's tables or functions are missing."""
        try:
            async with self._cursor() as cursor:
                await cursor.execute(statement.text, statement.parameters)
                return await cursor.fetchall()
        except _MISSING as error:
            raise MissingMigrationError(self._story.name) from error

    async def close(self) -> None:
        if self._dsn is not None:
            await self._pool.close()

    @asynccontextmanager
    async def _cursor(self) -> AsyncGenerator[AsyncCursor[Row]]:
        """Leaves JSON as text, whose numbers are exact."""
        async with (
            self._connection() as connection,
            connection.cursor(row_factory=tuple_row) as cursor,
        ):
            cursor.adapters.register_loader("jsonb", TextLoader)
            yield cursor

    @asynccontextmanager
    async def _connection(self) -> AsyncGenerator[AsyncConnection[Any]]:
        """In autocommit: the procedure that appends commits by itself. Put back as it was."""
        if not self._is_open:
            await self._open()
        async with self._pool.connection() as connection:
            autocommit = connection.autocommit
            await connection.set_autocommit(True)
            try:
                yield connection
            finally:
                if not connection.closed:
                    await connection.set_autocommit(autocommit)

    async def _open(self) -> None:
        """Connects once before: a wrong DSN fails at once, where a pool would go on trying."""
        async with self._opening:
            if self._dsn is not None and not self._is_open:
                await (await AsyncConnection.connect(self._dsn)).close()
                await self._pool.open()
                self._is_open = True


def _own_pool(dsn: str) -> AsyncConnectionPool[Any]:
    return AsyncConnectionPool(dsn, min_size=1, max_size=10, open=False)
