"""What a database remembers of its migrations, in the table `storyline.migrations`."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

from storyline.migrations.comparison import Applied, Status
from storyline.migrations.files import MigrationFile, Section

Connection = psycopg.Connection[tuple[Any, ...]]

_PREPARE = """
    create schema if not exists storyline;

    create table if not exists storyline.migrations (
        name text primary key,
        checksum text not null,
        down text,
        applied_at timestamptz not null default clock_timestamp()
    );
"""


def prepare(connection: Connection) -> None:
    """Make the table where it is not there. The caller holds the lock."""
    if not _is_prepared(connection):
        connection.execute(_PREPARE)


def applied_migrations(connection: Connection) -> tuple[Applied, ...]:
    """In the order in which they were applied."""
    if not _is_prepared(connection):
        return ()
    rows = connection.execute(
        "select name, checksum, down, applied_at"
        " from storyline.migrations order by applied_at, name"
    )
    return tuple(
        Applied(name, checksum, None if down is None else Section(down), applied_at)
        for name, checksum, down, applied_at in rows
    )


def remember(connection: Connection, file: MigrationFile) -> None:
    connection.execute(
        "insert into storyline.migrations (name, checksum, down) values (%s, %s, %s)",
        (file.name, file.up.checksum, file.down and file.down.text),
    )


def take_over(connection: Connection, status: Status) -> None:
    """A file that has another number now, or stands for others: it counts as what was applied.

    It takes their place in time, too, so that undoing stays in order.
    """
    if status.file is None:
        return
    with connection.transaction():
        if status.applied is not None:
            connection.execute(
                "update storyline.migrations set name = %s where name = %s",
                (status.file.name, status.applied.name),
            )
        else:
            remember(connection, status.file)
            connection.execute(
                "update storyline.migrations set applied_at = ("
                " select max(applied_at) from storyline.migrations where name = any (%s)"
                ") where name = %s",
                ([each.name for each in status.replaced], status.file.name),
            )
        for each in status.replaced:
            forget(connection, each.name)


def forget(connection: Connection, name: str) -> None:
    connection.execute("delete from storyline.migrations where name = %s", (name,))


def recorded_events(connection: Connection) -> dict[str, int]:
    """How many events each log holds, by its schema. Ids have no gaps, so the head knows."""
    rows = connection.execute(
        "select table_schema from information_schema.columns"
        " where table_name = 'heads' and column_name = 'last_id' and data_type = 'bigint'"
        " order by table_schema"
    ).fetchall()
    return {schema: _last_id(connection, schema) for (schema,) in rows}


def _last_id(connection: Connection, schema: str) -> int:
    query = sql.SQL("select coalesce(sum(last_id), 0)::bigint from {}").format(
        sql.Identifier(schema, "heads")
    )
    row = connection.execute(query).fetchone()
    return 0 if row is None else int(row[0])


def _is_prepared(connection: Connection) -> bool:
    row = connection.execute("select to_regclass('storyline.migrations') is not null").fetchone()
    return row == (True,)
