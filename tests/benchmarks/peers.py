"""The Python library `eventsourcing` as a contender, in an environment of its own.

Its DCB recorder, and its aggregates as they are by default. They fill their own tables once.
"""

from __future__ import annotations

import json
from itertools import count
from uuid import NAMESPACE_URL, uuid5

from eventsourcing.application import Application
from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery, DCBQueryItem
from eventsourcing.dcb.postgres_tt import PostgresDCBRecorderTT
from eventsourcing.domain import Aggregate, event
from eventsourcing.postgres import PostgresDatastore
from psycopg.conninfo import conninfo_to_dict

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
    application = _application(dsn)
    todo_list = TodoList(f"worker-{worker}-{uuid5(NAMESPACE_URL, str(id(application)))}")
    application.save(todo_list)

    def append():
        todo_list.add("i", "Milk")
        application.save(todo_list)

    return append


def aggregate_command(dsn, worker):
    application = _application(dsn)
    numbers = count(worker * LISTS // 8)

    def decide():
        todo_list = application.repository.get(TodoList.create_id(f"list-{next(numbers) % LISTS}"))
        todo_list.add("new", "New")
        application.save(todo_list)

    return decide


def append_to_dcb(dsn, worker):
    recorder = _recorder(dsn)
    return lambda: recorder.append([_added(f"list-{worker}", "i")])


def dcb_command(dsn, worker):
    recorder = _recorder(dsn)
    numbers = count(worker * LISTS // 8)

    def decide():
        name = f"list-{next(numbers) % LISTS}"
        query = DCBQuery([DCBQueryItem(types=TYPES, tags=[name])])
        found = recorder.read(query)
        items = {json.loads(each.event.data)["item_id"] for each in found}
        assert items
        recorder.append([_added(name, "new")], DCBAppendCondition(query, after=found.head))

    return decide


def fill(dsn, worker):
    """Ten events a list, 100,000 in all, for both."""
    application, recorder = _application(dsn), _recorder(dsn)
    for start in range(0, LISTS, 1_000):
        lists = [TodoList(f"list-{number}") for number in range(start, start + 1_000)]
        for todo_list in lists:
            for item in range(9):
                todo_list.add(f"item-{item}", "Milk")
        application.save(*lists)
        names = (f"list-{number}" for number in range(start, start + 1_000))
        recorder.append([_added(name, f"item-{item}") for name in names for item in range(10)])
    with recorder.datastore.get_connection() as connection:
        connection.execute("vacuum analyze")
    return lambda: None


def _added(list_id, item_id):
    data = json.dumps({"list_id": list_id, "item_id": item_id, "title": "Milk"})
    return DCBEvent("ITEM_ADDED", data.encode(), [list_id])


def _application(dsn):
    names = {f"POSTGRES_{key.upper()}": value for key, value in _connection(dsn).items()}
    return Lists({"PERSISTENCE_MODULE": "eventsourcing.postgres", **names})


def _recorder(dsn):
    recorder = PostgresDCBRecorderTT(PostgresDatastore(**_connection(dsn)))
    recorder.create_table()
    return recorder


def _connection(dsn):
    given = conninfo_to_dict(dsn)
    wanted = {key: str(given.get(key, "")) for key in ("dbname", "host", "port", "user")}
    return {**wanted, "password": "unused"}
