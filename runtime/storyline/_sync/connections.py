# Made by runtime/make_sync.py; edit runtime/storyline/_async/connections.py
"""A DSN or a pool → rows of statements. The only place that holds a connection."""

from __future__ import annotations

import os
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from psycopg import Connection, Cursor, errors
from psycopg.abc import Buffer
from psycopg.rows import tuple_row
from psycopg.types.string import TextBinaryLoader
from psycopg_pool import ConnectionPool

from storyline.errors import MissingMigrationError
from storyline.rows import Row
from storyline.statements import Statement
from storyline.story import Story

_MISSING = (errors.UndefinedTable, errors.UndefinedFunction, errors.InvalidSchemaName)


class _JsonTextLoader(TextBinaryLoader):
    """Leaves JSON as text, whose numbers are exact."""

    def load(self, data: Buffer) -> bytes | str:
        return super().load(data[1:])  # the first byte is the version of the format


class Connections:
    """Lends connections in autocommit. A pool that was given is neither opened nor closed here."""

    def __init__(self, story: Story, pool_or_dsn: ConnectionPool[Any] | str) -> None:
        self._story = story
        self._dsn = pool_or_dsn if isinstance(pool_or_dsn, str) else None
        self._pool = _pool(pool_or_dsn)
        self._opened_by: int | None = None
        self._opening = threading.Lock()

    def fetch(self, statement: Statement) -> list[Row]:
        """Raises `MissingMigrationError` where the story's tables or functions are missing."""
        try:
            with self._cursor() as cursor:
                cursor.execute(statement.text, statement.parameters, binary=True)
                return cursor.fetchall()
        except _MISSING as error:
            raise MissingMigrationError(self._story.name) from error

    def close(self) -> None:
        if self._dsn is not None:
            self._pool.close()

    @contextmanager
    def _cursor(self) -> Generator[Cursor[Row]]:
        """A plain one, whatever the pool makes. For rows in binary, which know no date style."""
        with (
            self._connection() as connection,
            Cursor(connection, row_factory=tuple_row) as cursor,
        ):
            cursor.adapters.register_loader("jsonb", _JsonTextLoader)
            yield cursor

    @contextmanager
    def _connection(self) -> Generator[Connection[Any]]:
        """In autocommit: the procedure that appends commits by itself. Put back as it was.

        What broke one connection has mostly broken all: then the pool looks through its others, so
        that a restart of the server is one error, not one for each.
        """
        if self._dsn is not None and self._opened_by != os.getpid():
            self._open(self._dsn)
        with self._pool.connection() as connection:
            autocommit = connection.autocommit
            connection.set_autocommit(True)
            try:
                yield connection
            finally:
                if connection.closed:
                    self._pool.check()
                else:
                    connection.set_autocommit(autocommit)

    def _open(self, dsn: str) -> None:
        """Connects once before: a wrong DSN fails at once, where a pool would go on trying.

        In each process anew: one that was forked would talk into the connections of its parent.
        """
        with self._opening:
            if self._opened_by == os.getpid():
                return
            (Connection.connect(dsn)).close()
            if self._opened_by is not None:
                self._pool = _pool(dsn)
            self._pool.open()
            self._opened_by = os.getpid()


def _pool(pool_or_dsn: ConnectionPool[Any] | str) -> ConnectionPool[Any]:
    match pool_or_dsn:
        case str() as dsn:
            return ConnectionPool(dsn, min_size=1, max_size=10, open=False)
        case ConnectionPool():
            return pool_or_dsn
        case _:
            raise TypeError(f"a client needs a pool of its kind or a DSN, not {pool_or_dsn!r}")
