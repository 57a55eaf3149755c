"""Storyline as a contender: typed events, one total order, durable when acknowledged."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from itertools import count

from benchmarks.logs import BATCH, LISTS
from storyline import EventClient, Query, QueryItem
from todo_app.open_items import open_items
from todo_app.story.todo import TODO, ItemAdded, ItemId, ListEvent, ListId
from todo_app.validators.todo.add_item import AddItemValidator

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


def command(dsn: str, worker: int) -> Operation:
    client = EventClient(TODO, dsn)
    numbers = count(worker * LISTS // 8)

    def decide() -> None:
        list_id = ListId(f"list-{next(numbers) % LISTS}")
        AddItemValidator(client, list_id=list_id).apply(added(list_id)).save(retries=5)

    return decide


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
