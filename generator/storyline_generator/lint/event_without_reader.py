"""No filter finds an event, and no projection and no validator reads it.

An event is recorded because something depends on it. One that nothing reads may be left over, or a
projection may ignore it by mistake. Code of yours that reads the whole stream is not seen here:
then say so with `# storyline: ignore[event-without-reader] reason`. A story that has no filters, no
projections and no validators is passed over.

Example: `ITEM_RENAMED`, when the only projection of the stream says

    [projections.list]
    stream = "list"
    ignore = ["ITEM_RENAMED"]
"""

from __future__ import annotations

from collections.abc import Iterator

from storyline_generator.diagnostics import Diagnostic
from storyline_generator.schema import Filter, Projection, Schema, Validator


def check(schema: Schema) -> Iterator[Diagnostic]:
    readers: list[Filter | Projection | Validator] = [
        *schema.filters.values(),
        *schema.projections.values(),
        *schema.validators.values(),
    ]
    read = {name for reader in readers for name in reader.events}
    for event in schema.events.values() if readers else ():
        if event.name not in read:
            yield Diagnostic(
                "event-without-reader",
                f"nothing reads `{event.name}`.",
                event.place,
                hint="let a projection, a validator or a filter read it, or remove it",
                severity="warning",
            )
