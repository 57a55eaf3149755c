"""An event has the same field twice: from a stream and of its own, or from two streams.

An event has the shared fields of its streams besides its own. Two streams may share a field if it
has the same type in both.

Example: `list_id` already comes from the stream.

    [events.ITEM_ADDED]
    stream = "list"
    fields.list_id = "ListId"
"""

from __future__ import annotations

from collections.abc import Iterator

from storyline_generator.diagnostics import Diagnostic, Related
from storyline_generator.schema import Event, Field, Schema


def check(schema: Schema) -> Iterator[Diagnostic]:
    for event in schema.events.values():
        first: dict[str, Field] = {}
        for field in event.fields:
            other = first.setdefault(field.name, field)
            if other is not field:
                yield _repeated(event, field, other)


def _repeated(event: Event, field: Field, other: Field) -> Diagnostic:
    message = f"`{event.name}` has the field `{field.name}` twice."
    related = (Related("it already comes from here", other.place),)
    is_own = field.place.keys[:2] == event.place.keys
    hint = "leave it out here" if is_own else "give both streams the same type, or another name"
    return Diagnostic("repeated-field", message, field.place, related, hint)
