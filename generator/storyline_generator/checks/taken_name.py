"""An older name of an event is the name of another, or an older name of two.

Rows have the name as their type, and can only be read as one event: the one that says `was`.

Example: `ITEM_ADDED` is still an event.

    [events.ITEM_ADDED]
    stream = "list"

    [events.ITEM_PUT]
    was = ["ITEM_ADDED"]
    stream = "list"
"""

from __future__ import annotations

from collections.abc import Iterator

from storyline_generator.diagnostics import Diagnostic, Place, Related
from storyline_generator.schema import Schema


def check(schema: Schema) -> Iterator[Diagnostic]:
    claimed: dict[str, Place] = {}
    for event in schema.events.values():
        place = (event.place / "was").value
        for old in event.was:
            if old in schema.events:
                hint = f"take one of them out: `{old}` here, or `[events.{old}]`"
                yield _taken(f"`{old}` is an event", place, schema.events[old].place, hint)
            elif claimed.setdefault(old, place) is not place:
                hint = "leave it where the event of that name went"
                yield _taken(f"two events were `{old}`", place, claimed[old], hint)


def _taken(what: str, place: Place, other: Place, hint: str) -> Diagnostic:
    related = (Related("declared here", other),)
    message = f"{what}, so nobody knows what its rows are."
    return Diagnostic("taken-name", message, place, related, hint)
