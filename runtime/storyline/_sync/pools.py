# Made by runtime/make_sync.py; edit runtime/storyline/_async/pools.py
"""A DSN or a pool → connections, lent for a while."""

from __future__ import annotations

import os
import threading
from time import perf_counter
from types import TracebackType
from typing import Any

from psycopg import Connection, Error, ProgrammingError
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout, TooManyRequests

from storyline.dsn import Dsn
from storyline.failures import (
    ConnectionLostError,
    PoolClosedError,
    PoolExhaustedError,
    UnreachableError,
)
from storyline.surroundings import has_lost, was_closed
from storyline.telemetry import waited


class Pool:
    """One that was given is neither opened nor closed here."""

    def __init__(self, pool_or_dsn: ConnectionPool[Any] | Dsn | str) -> None:
        given = Dsn(pool_or_dsn) if isinstance(pool_or_dsn, str) else pool_or_dsn
        self._dsn = given if isinstance(given, Dsn) else None
        self._opened_by: int | None = None
        self._is_closed = False
        self._opening = threading.Lock()
        self.connections = _pool(given)

    def lent(self) -> Lent:
        return Lent(self)

    def take(self) -> Connection[Any]:
        """One that the server has not closed while it lay in the pool."""
        if self._dsn is not None and self._opened_by != os.getpid():
            self._open(self._dsn)
        connection = self._free()
        if was_closed(connection.pgconn):
            self.put_back(connection)
            self.connections.check()
            connection = self._free()
        return connection

    def put_back(self, connection: Connection[Any]) -> None:
        self.connections.putconn(connection)

    def close(self) -> None:
        if self._dsn is not None:
            self._is_closed = True
            self.connections.close()

    def _free(self) -> Connection[Any]:
        began = perf_counter()
        try:
            connection: Connection[Any] = self.connections.getconn()
        except (PoolTimeout, TooManyRequests) as error:
            if self._dsn is not None:
                _require_reachable(self._dsn)
            waiting = self.connections.get_stats().get("requests_waiting", 0)
            timeout, most = self.connections.timeout, self.connections.max_size
            raise PoolExhaustedError(timeout, most, waiting) from error
        except PoolClosed as error:
            raise PoolClosedError(is_given=self._dsn is None) from error
        waited(self.connections.name, perf_counter() - began)
        return connection

    def _open(self, dsn: Dsn) -> None:
        """Connects once before: a wrong DSN fails at once, where a pool would go on trying.

        In each process anew: one that was forked would talk into the connections of its parent.
        """
        with self._opening:
            if self._opened_by == os.getpid():
                return
            if self._is_closed:
                raise PoolClosedError(is_given=False)
            _require_reachable(dsn)
            self.connections = _opened(dsn)
            self._opened_by = os.getpid()
            if self._is_closed:  # meanwhile
                self.connections.close()


class Lent:
    """A connection in autocommit, for a block. It is put back as it was.

    What broke one connection has mostly broken all: then the pool looks through its others, so that
    a restart of the server is one error, not one for each.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def __enter__(self) -> Connection[Any]:
        connection = self._connection = self._pool.take()
        self._is_ready = connection.autocommit
        if not self._is_ready:
            try:
                connection.set_autocommit(True)
            except BaseException:  # a cancelled task, too, has taken it
                self._pool.put_back(connection)
                raise
        return connection

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        connection = self._connection
        try:
            if connection.closed:
                self._pool.connections.check()
            elif not self._is_ready:
                connection.set_autocommit(False)
        finally:
            self._pool.put_back(connection)
        if has_lost(connection, error):
            raise ConnectionLostError(str(error)) from error


def _opened(dsn: Dsn) -> ConnectionPool[Any]:
    """With its first connection made: whoever asked before would have it make a second one.

    Lent in turn, both would keep a process of the server busy, and its caches cold.
    """
    pool = _pool(dsn)
    try:
        pool.open(wait=True, timeout=dsn.timeout)
        pool.resize(dsn.min_size, dsn.max_size)
    except PoolTimeout as error:
        raise UnreachableError(str(error)) from error
    except BaseException:  # a cancelled task, too
        pool.close()
        raise
    return pool


def _require_reachable(dsn: Dsn) -> None:
    try:
        (Connection.connect(dsn.text, **dsn.settings())).close()
    except ProgrammingError:
        raise UnreachableError("the DSN cannot be read") from None
    except Error as error:
        raise UnreachableError(str(error)) from error


def _pool(given: ConnectionPool[Any] | Dsn) -> ConnectionPool[Any]:
    match given:
        case Dsn() as dsn:
            return ConnectionPool(
                dsn.text,
                min_size=min(1, dsn.min_size),  # `open` waits for it, and for no more
                max_size=dsn.max_size,
                timeout=dsn.timeout,
                kwargs=dsn.settings(),
                open=False,
            )
        case ConnectionPool():
            return given
        case _:
            raise TypeError(f"a client needs a pool of its kind or a DSN, not {given!r}")
