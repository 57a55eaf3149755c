"""The Python library `eventsourcing` as a contender, in an environment of its own.

Its DCB recorder, and its aggregates as they are by default.
"""

from __future__ import annotations

import json
from uuid import NAMESPACE_URL, uuid5

from eventsourcing.application import Application
from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery, DCBQueryItem
from eventsourcing.dcb.postgres_tt import PostgresDCBRecorderTT
from eventsourcing.domain import Aggregate, event
from eventsourcing.postgres import PostgresDatastore
from psycopg.conninfo import conninfo_to_dict

from benchmarks.lists import names_for

LISTS = 10_000
TYPES = ["ITEM_ADDED", "ITEM_COMPLETED"]


class TodoList(Aggregate):
    def __init__(self, name):
        self.name = name
        self.items = set()

    @staticmethod
    def create_id(name):
        return uuid5(NAMESPACE_URL, name)

    @event("ItemAdded")
    def add(self, item_id, title):
        self.items.add(item_id)


class Lists(Application):
    pass


def append_to_aggregate(dsn, worker):
    application, todo_list = _application(dsn), TodoList(f"worker-{worker}")
    application.save(todo_list)

    def append():
        todo_list.add("i", "Milk")
        application.save(todo_list)

    return append


def aggregate_command(dsn, worker):
    application = _application(dsn)
    names = names_for(worker, LISTS)

    def decide():
        todo_list = application.repository.get(TodoList.create_id(next(names)))
        todo_list.add("new", "New")
        application.save(todo_list)

    return decide


def append_to_dcb(dsn, worker):
    recorder = _recorder(dsn)
    return lambda: recorder.append([_added(f"list-{worker}", "i")])


def dcb_command(dsn, worker):
    recorder = _recorder(dsn)
    names = names_for(worker, LISTS)

    def decide():
        name = next(names)
        query = DCBQuery([DCBQueryItem(types=TYPES, tags=[name])])
        found = recorder.read(query)
        items = {json.loads(each.event.data)["item_id"] for each in found}
        assert items
        recorder.append([_added(name, "new")], DCBAppendCondition(query, after=found.head))

    return decide


def fill(dsn, worker):
    """Ten events a list, 100,000 in all, for both. Few at once: a large save of an aggregate hangs,
    as psycopg's pipeline waits for an answer before all of it is sent."""
    application, recorder = _application(dsn, create_table=True), _recorder(dsn)
    recorder.create_table()
    for start in range(0, LISTS, 50):
        names = [f"list-{number}" for number in range(start, start + 50)]
        application.save(*map(_with_nine_items, names))
        recorder.append([_added(name, f"item-{item}") for name in names for item in range(10)])
    with recorder.datastore.get_connection() as connection:
        connection.execute("vacuum analyze")
    return lambda: None


def _with_nine_items(name):
    todo_list = TodoList(name)
    for item in range(9):
        todo_list.add(f"item-{item}", "Milk")
    return todo_list


def _added(list_id, item_id):
    data = json.dumps({"list_id": list_id, "item_id": item_id, "title": "Milk"})
    return DCBEvent("ITEM_ADDED", data.encode(), [list_id])


def _application(dsn, create_table=False):
    names = {f"POSTGRES_{key.upper()}": value for key, value in _connection(dsn).items()}
    settings = {"PERSISTENCE_MODULE": "eventsourcing.postgres", "CREATE_TABLE": str(create_table)}
    return Lists({**settings, **names})


def _recorder(dsn):
    return PostgresDCBRecorderTT(PostgresDatastore(**_connection(dsn)))


def _connection(dsn):
    given = conninfo_to_dict(dsn)
    wanted = {key: str(given.get(key, "")) for key in ("dbname", "host", "port", "user")}
    return {**wanted, "password": "unused"}
