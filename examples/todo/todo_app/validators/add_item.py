"""At most three open items on one list."""

from todo_app.open_items import MOST_OPEN_ITEMS, open_items
from todo_app.story.todo import AddItemValidatorBase


class AddItemValidator(AddItemValidatorBase):
    def is_valid(self) -> bool:
        return len(self.reduce_events(open_items, frozenset())) <= MOST_OPEN_ITEMS
