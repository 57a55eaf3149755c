"""Several people decide at the same moment, each from what they have read.

Every one of them reads the list before any of them saves. The first append wins; for the others
something newer matches, so the database refuses them, and the refusal says what came first.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from storyline import ConflictError, EventClient, RefusedError
from todo_app.story.todo import ItemAdded, ItemId, ListId
from todo_app.validators.todo.add_item import AddItemValidator


def rush(client: EventClient, list_id: ListId, titles: Sequence[str]) -> None:
    decisions = [decided(client, list_id, title) for title in titles]
    with ThreadPoolExecutor(max_workers=len(titles)) as people:
        outcomes = list(people.map(outcome, decisions))
    width = max(map(len, titles))
    print(
        "\n".join(f"{title:<{width}}  {told}" for title, told in zip(titles, outcomes, strict=True))
    )


def decided(client: EventClient, list_id: ListId, title: str) -> AddItemValidator:
    """A decision that has read what it depends on, and is about to be saved."""
    item = ItemAdded(list_id=list_id, item_id=ItemId(title.lower()), title=title)
    validator = AddItemValidator(client, list_id=list_id)
    validator.refresh()
    return validator.apply(item)


def outcome(validator: AddItemValidator) -> str:
    try:
        validator.save()
        return "added"
    except ConflictError as conflict:
        first = ", ".join(f"{event.type} (id {event.id})" for event in conflict.events)
        return f"conflict: {first} came first. Decided again: {second_try(validator)}."


def second_try(validator: AddItemValidator) -> str:
    """After a conflict the decision is taken again, on the newer facts."""
    try:
        validator.save(retries=5)
        return "added"
    except RefusedError:
        return "refused"
