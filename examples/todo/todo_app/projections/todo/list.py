"""What a user sees when opening a list."""

from storyline import Recorded
from todo_app.story.todo import (
    Item,
    ItemAdded,
    ItemCompleted,
    ItemId,
    ItemMarkedIncomplete,
    ItemRemoved,
    ListCreated,
    ListProjectionBase,
    ListState,
)


class ListProjection(ListProjectionBase):
    def on_list_created(self, state: ListState, event: Recorded[ListCreated]) -> ListState:
        return state.replace(name=event.data.name)

    def on_item_added(self, state: ListState, event: Recorded[ItemAdded]) -> ListState:
        added = event.data
        item = Item(
            item_id=added.item_id,
            title=added.title,
            priority=added.priority,
            due_on=added.due_on,
        )
        return state.replace(incomplete=[*state.incomplete, item])

    def on_item_completed(self, state: ListState, event: Recorded[ItemCompleted]) -> ListState:
        found, rest = taken_from(state.incomplete, event.data.item_id)
        return state.replace(incomplete=rest, completed=state.completed + found)

    def on_item_marked_incomplete(
        self, state: ListState, event: Recorded[ItemMarkedIncomplete]
    ) -> ListState:
        found, rest = taken_from(state.completed, event.data.item_id)
        return state.replace(completed=rest, incomplete=state.incomplete + found)

    def on_item_removed(self, state: ListState, event: Recorded[ItemRemoved]) -> ListState:
        was_open, incomplete = taken_from(state.incomplete, event.data.item_id)
        was_done, completed = taken_from(state.completed, event.data.item_id)
        return state.replace(
            incomplete=incomplete,
            completed=completed,
            removed=state.removed + was_open + was_done,
        )


def taken_from(items: list[Item], item_id: ItemId) -> tuple[list[Item], list[Item]]:
    """The items with this id (none or one), and the others."""
    found = [item for item in items if item.item_id == item_id]
    rest = [item for item in items if item.item_id != item_id]
    return found, rest
