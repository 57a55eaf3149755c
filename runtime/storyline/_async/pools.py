"""A DSN or a pool → connections, lent for a while."""

from __future__ import annotations

import asyncio
import os
from time import perf_counter
from types import TracebackType
from typing import Any

from psycopg import AsyncConnection, Error, ProgrammingError
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout, TooManyRequests

from storyline.dsn import Dsn
from storyline.failures import (
    ConnectionLostError,
    PoolClosedError,
    PoolExhaustedError,
    UnreachableError,
)
from storyline.surroundings import has_lost, was_closed
from storyline.telemetry import waited


class AsyncPool:
    """One that was given is neither opened nor closed here."""

    def __init__(self, pool_or_dsn: AsyncConnectionPool[Any] | Dsn | str) -> None:
        given = Dsn(pool_or_dsn) if isinstance(pool_or_dsn, str) else pool_or_dsn
        self._dsn = given if isinstance(given, Dsn) else None
        self._opened_by: int | None = None
        self._is_closed = False
        self._opening = asyncio.Lock()
        self.connections = _pool(given)

    def lent(self) -> AsyncLent:
        return AsyncLent(self)

    async def take(self) -> AsyncConnection[Any]:
        """One that the server has not closed while it lay in the pool."""
        if self._dsn is not None and self._opened_by != os.getpid():
            await self._open(self._dsn)
        connection = await self._free()
        if was_closed(connection.pgconn):
            await self.put_back(connection)
            await self.connections.check()
            connection = await self._free()
        return connection

    async def put_back(self, connection: AsyncConnection[Any]) -> None:
        await self.connections.putconn(connection)

    async def close(self) -> None:
        if self._dsn is not None:
            self._is_closed = True
            await self.connections.close()

    async def _free(self) -> AsyncConnection[Any]:
        began = perf_counter()
        try:
            connection: AsyncConnection[Any] = await self.connections.getconn()
        except (PoolTimeout, TooManyRequests) as error:
            if self._dsn is not None:
                await _require_reachable(self._dsn)
            waiting = self.connections.get_stats().get("requests_waiting", 0)
            timeout, most = self.connections.timeout, self.connections.max_size
            raise PoolExhaustedError(timeout, most, waiting) from error
        except PoolClosed as error:
            raise PoolClosedError(is_given=self._dsn is None) from error
        waited(self.connections.name, perf_counter() - began)
        return connection

    async def _open(self, dsn: Dsn) -> None:
        """Connects once before: a wrong DSN fails at once, where a pool would go on trying.

        In each process anew: one that was forked would talk into the connections of its parent.
        """
        async with self._opening:
            if self._opened_by == os.getpid():
                return
            if self._is_closed:
                raise PoolClosedError(is_given=False)
            await _require_reachable(dsn)
            self.connections = await _opened(dsn)
            self._opened_by = os.getpid()
            if self._is_closed:  # meanwhile
                await self.connections.close()


class AsyncLent:
    """A connection in autocommit, for a block. It is put back as it was.

    What broke one connection has mostly broken all: then the pool looks through its others, so that
    a restart of the server is one error, not one for each.
    """

    def __init__(self, pool: AsyncPool) -> None:
        self._pool = pool

    async def __aenter__(self) -> AsyncConnection[Any]:
        connection = self._connection = await self._pool.take()
        self._is_ready = connection.autocommit
        if not self._is_ready:
            try:
                await connection.set_autocommit(True)
            except BaseException:  # a cancelled task, too, has taken it
                await self._pool.put_back(connection)
                raise
        return connection

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        connection = self._connection
        try:
            if connection.closed:
                await self._pool.connections.check()
            elif not self._is_ready:
                await connection.set_autocommit(False)
        finally:
            await self._pool.put_back(connection)
        if has_lost(connection, error):
            raise ConnectionLostError(str(error)) from error


async def _opened(dsn: Dsn) -> AsyncConnectionPool[Any]:
    """With its first connection made: whoever asked before would have it make a second one.

    Lent in turn, both would keep a process of the server busy, and its caches cold.
    """
    pool = _pool(dsn)
    try:
        await pool.open(wait=True, timeout=dsn.timeout)
        await pool.resize(dsn.min_size, dsn.max_size)
    except PoolTimeout as error:
        raise UnreachableError(str(error)) from error
    except BaseException:  # a cancelled task, too
        await pool.close()
        raise
    return pool


async def _require_reachable(dsn: Dsn) -> None:
    try:
        await (await AsyncConnection.connect(dsn.text, **dsn.settings())).close()
    except ProgrammingError:
        raise UnreachableError("the DSN cannot be read") from None
    except Error as error:
        raise UnreachableError(str(error)) from error


def _pool(given: AsyncConnectionPool[Any] | Dsn) -> AsyncConnectionPool[Any]:
    match given:
        case Dsn() as dsn:
            return AsyncConnectionPool(
                dsn.text,
                min_size=min(1, dsn.min_size),  # `open` waits for it, and for no more
                max_size=dsn.max_size,
                timeout=dsn.timeout,
                kwargs=dsn.settings(),
                open=False,
            )
        case AsyncConnectionPool():
            return given
        case _:
            raise TypeError(f"a client needs a pool of its kind or a DSN, not {given!r}")
