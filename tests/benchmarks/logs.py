"""Logs to measure on: the same events in a story's tables, in a plain one and in a peer's.

Each is filled once, in a database of its own; each contender of each round gets a copy of it.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from storyline.migrations import migrate_up

MIGRATIONS = Path(__file__).resolve().parents[2] / "examples/todo/migrations"
EVENTS = 100_000
BATCH = 10_000


def fill(server: str, events: int) -> str:
    """A database that holds so many events."""
    name = _name_of(events)
    _execute(server, "create database {}", name)
    dsn = make_conninfo(server, dbname=name)
    migrate_up(dsn, MIGRATIONS)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(FILL.format(events=events, lists=events // 10))
        connection.execute("vacuum analyze")
    return dsn


@contextmanager
def copied(server: str, events: int) -> Generator[str]:
    """A copy of it, file by file, which is on disk before it is used; gone after the block."""
    _execute(server, "create database measured template {} strategy file_copy", _name_of(events))
    yield make_conninfo(server, dbname="measured")
    _execute(server, "drop database measured with (force)")


def _name_of(events: int) -> str:
    return f"log_of_{events}"


def lists_in(dsn: str) -> int:
    """Their names are `list-0` and so on."""
    with psycopg.connect(dsn) as connection:
        row = connection.execute("select last_id / 10 from todo.heads").fetchone()
    assert row is not None
    return int(row[0])


def _execute(dsn: str, statement: LiteralString, *names: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


FILL = sql.SQL("""
    insert into todo.events (id, type, data)
    select n + 1,
        case when n < {events} / 2 then 'ITEM_ADDED' else 'ITEM_COMPLETED' end,
        jsonb_strip_nulls(jsonb_build_object(
            'list_id', 'list-' || n % {lists},
            'item_id', 'item-' || n % ({events} / 2) / {lists},
            'title', case when n < {events} / 2 then 'Milk' end
        ))
    from generate_series(0, {events} - 1) as n;
    update todo.heads
    set (last_id, recorded_at) = (select id, created_at from todo.events order by id desc limit 1);
    create table copied (like todo.events including all);
    create table plain (like todo.events including all);
    alter table plain alter id add generated always as identity;
    insert into plain (type, data) select type, data from todo.events order by id;
""")
"""Ten events a list, five items added and then completed. `plain` and `copied` have the columns and
the indexes of the log; the ids of `plain` come from a sequence, which nobody waits for."""
