# Made by runtime/make_sync.py; edit runtime/storyline/_async/connections.py
"""A DSN or a pool → rows of statements. The only place that holds a connection."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from psycopg import Connection, Cursor, errors
from psycopg.rows import tuple_row
from psycopg.types.string import TextLoader
from psycopg_pool import ConnectionPool

from storyline.errors import MissingMigrationError
from storyline.rows import Row
from storyline.statements import Statement
from storyline.story import Story

_MISSING = (errors.UndefinedTable, errors.UndefinedFunction, errors.InvalidSchemaName)


class Connections:
    """Lends connections in autocommit. A pool that was given is neither opened nor closed here."""

    def __init__(self, story: Story, pool_or_dsn: ConnectionPool[Any] | str) -> None:
        self._story = story
        self._dsn = pool_or_dsn if isinstance(pool_or_dsn, str) else None
        self._pool = _own_pool(pool_or_dsn) if isinstance(pool_or_dsn, str) else pool_or_dsn
        self._is_open = self._dsn is None
        self._opening = threading.Lock()

    def fetch(self, statement: Statement) -> list[Row]:
        """Raises `MissingMigrationError` where the story's tables or functions are missing."""
        try:
            with self._cursor() as cursor:
                cursor.execute(statement.text, statement.parameters)
                return cursor.fetchall()
        except _MISSING as error:
            raise MissingMigrationError(self._story.name) from error

    def close(self) -> None:
        if self._dsn is not None:
            self._pool.close()

    @contextmanager
    def _cursor(self) -> Generator[Cursor[Row]]:
        """Leaves JSON as text, whose numbers are exact."""
        with (
            self._connection() as connection,
            connection.cursor(row_factory=tuple_row) as cursor,
        ):
            cursor.adapters.register_loader("jsonb", TextLoader)
            yield cursor

    @contextmanager
    def _connection(self) -> Generator[Connection[Any]]:
        """In autocommit: the procedure that appends commits by itself. Put back as it was."""
        if not self._is_open:
            self._open()
        with self._pool.connection() as connection:
            autocommit = connection.autocommit
            connection.set_autocommit(True)
            try:
                yield connection
            finally:
                if not connection.closed:
                    connection.set_autocommit(autocommit)

    def _open(self) -> None:
        """Connects once before: a wrong DSN fails at once, where a pool would go on trying."""
        with self._opening:
            if self._dsn is not None and not self._is_open:
                (Connection.connect(self._dsn)).close()
                self._pool.open()
                self._is_open = True


def _own_pool(dsn: str) -> ConnectionPool[Any]:
    return ConnectionPool(dsn, min_size=1, max_size=10, open=False)
