"""Only an item that is open can be ticked off."""

from storyline import Recorded
from todo_app.story.todo import (
    CompleteItemValidatorBase,
    ItemAdded,
    ItemCompleted,
    ItemMarkedIncomplete,
    ItemRemoved,
)

OneItemEvent = ItemAdded | ItemCompleted | ItemMarkedIncomplete | ItemRemoved


class CompleteItemValidator(CompleteItemValidatorBase):
    def is_valid(self) -> bool:
        return self.reduce_only_db_events(is_open, False)


def is_open(_: bool, event: Recorded[OneItemEvent]) -> bool:
    return isinstance(event.data, ItemAdded | ItemMarkedIncomplete)
