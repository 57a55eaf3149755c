"""A validator emits no events.

A validator decides whether events may be appended; without any, there is nothing to decide.

Example:

    [validators.add_item]
    stream = "list"
    emits = []
"""

from __future__ import annotations

from collections.abc import Iterator

from storyline_generator.diagnostics import Diagnostic
from storyline_generator.schema import Schema


def check(schema: Schema) -> Iterator[Diagnostic]:
    for validator in schema.validators.values():
        if not validator.emits:
            message = f"the validator `{validator.name}` emits no events."
            place = (validator.place / "emits").value
            yield Diagnostic("emits-nothing", message, place, hint="name at least one event")
