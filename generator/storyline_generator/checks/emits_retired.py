"""A validator emits an event that is retired.

A retired event is stored, and not recorded any more: saving one is refused.

Example:

    [events.ITEM_ADDED]
    retired = true

    [validators.add_item]
    emits = ["ITEM_ADDED"]
"""

from __future__ import annotations

from collections.abc import Iterator

from storyline_generator.diagnostics import Diagnostic, Related
from storyline_generator.schema import Schema


def check(schema: Schema) -> Iterator[Diagnostic]:
    for validator in schema.validators.values():
        for name in validator.emits:
            event = schema.events.get(name)
            if event and event.retired:
                related = (Related("retired here", event.place / "retired"),)
                message = f"`{validator.name}` emits `{name}`, which is retired."
                place = (validator.place / "emits").value
                hint = "emit what has taken its place"
                yield Diagnostic("emits-retired", message, place, related, hint)
