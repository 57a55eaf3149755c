"""A filter finds no events at all.

Its list of events, or its list of items, is empty.

Example:

    [filters.nothing]
    events = []
"""

from __future__ import annotations

from collections.abc import Iterator

from storyline_generator.diagnostics import Diagnostic
from storyline_generator.schema import Schema


def check(schema: Schema) -> Iterator[Diagnostic]:
    for filter in schema.filters.values():
        if not filter.items or not all(item.events for item in filter.items):
            message = f"the filter `{filter.name}` finds no events."
            hint = "name at least one event"
            yield Diagnostic("finds-nothing", message, filter.place, hint=hint)
