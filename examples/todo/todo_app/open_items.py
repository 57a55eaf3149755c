"""Which items of a list are open: the question that several rules ask."""

from typing import assert_never

from storyline import Recorded
from todo_app.story.todo import (
    ItemAdded,
    ItemCompleted,
    ItemId,
    ItemMarkedIncomplete,
    ItemRemoved,
    ListCreated,
    ListEvent,
)

MOST_OPEN_ITEMS = 3


def open_items(items: frozenset[ItemId], event: Recorded[ListEvent]) -> frozenset[ItemId]:
    match event.data:
        case ListCreated():
            return items
        case ItemAdded() | ItemMarkedIncomplete():
            return items | {event.data.item_id}
        case ItemCompleted() | ItemRemoved():
            return items - {event.data.item_id}
        case _:
            assert_never(event.data)
