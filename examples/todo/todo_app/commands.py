"""Each command: one event, decided by one validator, saved if nothing newer matters."""

from storyline import EventClient, Recorded
from todo_app.story.todo import (
    ItemAdded,
    ItemCompleted,
    ItemId,
    ItemMarkedIncomplete,
    ItemRemoved,
    ListCreated,
    ListId,
)
from todo_app.validators.todo.add_item import AddItemValidator
from todo_app.validators.todo.complete_item import CompleteItemValidator
from todo_app.validators.todo.create_list import CreateListValidator
from todo_app.validators.todo.mark_item_incomplete import MarkItemIncompleteValidator

RETRIES = 3


def create_list(client: EventClient, list_id: ListId, name: str) -> None:
    created = ListCreated(list_id=list_id, name=name)
    CreateListValidator(client, list_id=list_id).apply(created).save(retries=RETRIES)


def add_item(client: EventClient, added: ItemAdded, *, retries: int = RETRIES) -> None:
    AddItemValidator(client, list_id=added.list_id).apply(added).save(retries=retries)


def complete_item(client: EventClient, list_id: ListId, item_id: ItemId) -> None:
    completed = ItemCompleted(list_id=list_id, item_id=item_id)
    CompleteItemValidator(client, list_id=list_id, item_id=item_id).apply(completed).save(
        retries=RETRIES
    )


def mark_item_incomplete(client: EventClient, list_id: ListId, item_id: ItemId) -> None:
    marked = ItemMarkedIncomplete(list_id=list_id, item_id=item_id)
    MarkItemIncompleteValidator(client, list_id=list_id).apply(marked).save(retries=RETRIES)


def remove_item(client: EventClient, list_id: ListId, item_id: ItemId) -> Recorded[ItemRemoved]:
    """No rule guards this one: removing twice is harmless."""
    return client.save_event(ItemRemoved(list_id=list_id, item_id=item_id))
