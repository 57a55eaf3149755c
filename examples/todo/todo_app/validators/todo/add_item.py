"""At most three open items on one list."""

from storyline import RefusedError
from todo_app.open_items import MOST_OPEN_ITEMS, open_items
from todo_app.story.todo import AddItemValidatorBase


class AddItemValidator(AddItemValidatorBase):
    def is_valid(self) -> bool:
        before = self.reduce_only_db_events(open_items, frozenset())
        if any(added.item_id in before for added in self.applied_events):
            raise RefusedError("This item is on the list already.")
        return len(self.reduce_events(open_items, frozenset())) <= MOST_OPEN_ITEMS
