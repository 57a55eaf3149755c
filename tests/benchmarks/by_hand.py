"""Contenders by hand: what psycopg alone can do. No order, and a condition that can race."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import count, islice
from random import Random

import psycopg

from benchmarks.lists import names_for
from benchmarks.logs import BATCH, lists_in

Operation = Callable[[], object]


def append(dsn: str, worker: int) -> Operation:
    connection = psycopg.connect(dsn, autocommit=True)
    event = added(f"list-{worker}")
    text = "insert into plain (type, data) values (%s, %s::jsonb) returning id, created_at"
    return lambda: connection.execute(text, ("ITEM_ADDED", json.dumps(event))).fetchone()


def command(dsn: str, worker: int) -> Operation:
    """Two of them can race."""
    connection = psycopg.connect(dsn, autocommit=True)
    names = names_for(worker, lists_in(dsn))
    return lambda: decide(connection, next(names), f"new-{worker}")


def locked_command(dsn: str, worker: int) -> Operation:
    """Nobody else decides on the list meanwhile, if all writers do so."""
    connection = psycopg.connect(dsn, autocommit=True)
    names = names_for(worker, lists_in(dsn))

    def decide_alone() -> None:
        list_id = next(names)
        with connection.transaction():
            connection.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (list_id,))
            decide(connection, list_id, f"new-{worker}")

    return decide_alone


def decide(connection: psycopg.Connection, list_id: str, item_id: str) -> None:
    """Reads a list, folds it, and inserts if nothing newer is there."""
    rows = connection.execute(
        "select id, type, data from plain where (data->>'list_id') collate \"C\" = %s order by id",
        (list_id,),
    ).fetchall()
    event = added(list_id, item_id)
    assert event["item_id"] not in open_items(rows)
    connection.execute(
        "insert into plain (type, data) select %s, %s::jsonb where not exists ("
        "select from plain where id > %s and (data->>'list_id') collate \"C\" = %s)",
        ("ITEM_ADDED", json.dumps(event), rows[-1][0], list_id),
    )


def latest_event(dsn: str, worker: int) -> Operation:
    connection = psycopg.connect(dsn, autocommit=True)
    chance, lists = Random(worker), lists_in(dsn)
    text = (
        "select id, type, data from plain"
        " where (data->>'list_id') collate \"C\" = %s order by id desc limit 1"
    )
    return lambda: connection.execute(text, (f"list-{chance.randrange(lists)}",)).fetchone()


def added(list_id: str, item_id: str = "new") -> dict[str, str]:
    return {"list_id": list_id, "item_id": item_id, "title": "Milk", "priority": "normal"}


def open_items(rows: list[tuple[int, str, dict[str, str]]]) -> set[str]:
    items = set[str]()
    for _, type, data in rows:
        (items.add if type == "ITEM_ADDED" else items.discard)(data["item_id"])
    return items


def copy(dsn: str, worker: int) -> Operation:
    """The rows that the log would get, under ids that nobody had to wait for."""
    connection = psycopg.connect(dsn, autocommit=True)
    ids = count(1)
    data = '{"list_id": "batch", "item_id": "i", "title": "Milk", "priority": "normal"}'

    def copied() -> None:
        columns = "copy copied (id, type, version, data, metadata) from stdin"
        with connection.cursor().copy(columns) as rows:
            for id in islice(ids, BATCH):
                rows.write_row((id, "ITEM_ADDED", 1, data, "{}"))

    return copied


def fetch(dsn: str, worker: int) -> Operation:
    """The log's own rows as text, thrown away."""
    connection = psycopg.connect(dsn, autocommit=True)
    select = "select id, type, data::text, metadata::text, created_at from todo.events order by id"
    return lambda: connection.execute(select).fetchall()
