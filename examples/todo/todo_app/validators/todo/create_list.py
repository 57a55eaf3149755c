"""A list is created once."""

from storyline import Recorded
from todo_app.story.todo import CreateListValidatorBase, ListCreated, ListEvent


class CreateListValidator(CreateListValidatorBase):
    def is_valid(self) -> bool:
        return self.reduce_events(number_of_creations, 0) <= 1


def number_of_creations(count: int, event: Recorded[ListEvent]) -> int:
    return count + isinstance(event.data, ListCreated)
