"""Storyline as a contender: typed events, one total order, durable when acknowledged."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from random import Random

from benchmarks.lists import names_for
from benchmarks.logs import BATCH, lists_in
from storyline import EventClient, Query, QueryItem
from todo_app.open_items import open_items
from todo_app.story.todo import (
    TODO,
    AddItemValidatorBase,
    ItemAdded,
    ItemId,
    ListEvent,
    ListId,
    list_stream,
)

Operation = Callable[[], object]

EVERYTHING: Query[ListEvent] = Query(
    QueryItem(("ITEM_ADDED", "ITEM_COMPLETED", "ITEM_MARKED_INCOMPLETE", "ITEM_REMOVED"))
)


def append(dsn: str, worker: int) -> Operation:
    client, event = EventClient(TODO, dsn), added(ListId(f"list-{worker}"))
    return lambda: client.save_event(event)


def append_with_a_flush_each(dsn: str, worker: int) -> Operation:
    client = EventClient(TODO, dsn, durability="commit")
    event = added(ListId(f"list-{worker}"))
    return lambda: client.save_event(event)


class AddNewItem(AddItemValidatorBase):
    """One fold, as by hand."""

    def is_valid(self) -> bool:
        items = self.reduce_only_db_events(open_items, frozenset())
        return not any(added.item_id in items for added in self.applied_events)


def command(dsn: str, worker: int) -> Operation:
    client = EventClient(TODO, dsn)
    names = names_for(worker, lists_in(dsn))

    def decide() -> None:
        list_id = ListId(next(names))
        event = added(list_id, f"new-{worker}")
        AddNewItem(client, list_id=list_id).apply(event).save(retries=5)

    return decide


def latest_event(dsn: str, worker: int) -> Operation:
    client = EventClient(TODO, dsn)
    chance, lists = Random(worker), lists_in(dsn)
    return lambda: client.get_latest_event(
        list_stream(list_id=ListId(f"list-{chance.randrange(lists)}"))
    )


def batch(dsn: str, worker: int) -> Operation:
    client = EventClient(TODO, dsn)
    events = [added(ListId("batch")) for _ in range(BATCH)]
    return lambda: client.save_events(events)


def read(dsn: str, worker: int) -> Operation:
    client = EventClient(TODO, dsn)
    return lambda: client.get_event_stream(EVERYTHING)


def fold(dsn: str, worker: int) -> Operation:
    client = EventClient(TODO, dsn)
    return lambda: reduce(open_items, client.get_event_stream(EVERYTHING), frozenset[ItemId]())


def fold_by_pages(dsn: str, worker: int) -> Operation:
    """In memory that does not grow with the log."""
    client = EventClient(TODO, dsn)
    return lambda: reduce(open_items, client.iter_event_stream(EVERYTHING), frozenset[ItemId]())


def added(list_id: ListId, item_id: str = "new") -> ItemAdded:
    return ItemAdded(list_id=list_id, item_id=ItemId(item_id), title="Milk")
