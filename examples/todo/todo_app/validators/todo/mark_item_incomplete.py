"""Only a tick that was made can be taken back, and the list must have room."""

from storyline import Recorded
from todo_app.open_items import MOST_OPEN_ITEMS, open_items
from todo_app.story.todo import (
    ItemCompleted,
    ItemId,
    ItemMarkedIncomplete,
    ItemRemoved,
    ListEvent,
    MarkItemIncompleteValidatorBase,
)


class MarkItemIncompleteValidator(MarkItemIncompleteValidatorBase):
    def is_valid(self) -> bool:
        ticked = self.reduce_only_db_events(ticked_items, frozenset())
        still_open = self.reduce_events(open_items, frozenset())
        wanted = {event.item_id for event in self.applied_events}
        return wanted <= ticked and len(still_open) <= MOST_OPEN_ITEMS


def ticked_items(items: frozenset[ItemId], event: Recorded[ListEvent]) -> frozenset[ItemId]:
    match event.data:
        case ItemCompleted():
            return items | {event.data.item_id}
        case ItemMarkedIncomplete() | ItemRemoved():
            return items - {event.data.item_id}
        case _:
            return items
