"""Fields of one name have different types in different events.

Who reads the events meets one name that means two things, and one question cannot be asked of all
of them: a filter is over events in which a field has one type. Storyline keeps such rows apart, so
nothing breaks; but two names would say it.

A field that may be absent in one event, and not in another, has the same type.

Example: `amount` is a number of cents here, and a decimal there.

    [events.ORDER_PAID]
    fields.amount = "int"

    [events.ORDER_REFUNDED]
    fields.amount = "decimal"
"""

from __future__ import annotations

from collections.abc import Iterator

from storyline_generator.diagnostics import Diagnostic, Related
from storyline_generator.schema import Field, Schema


def check(schema: Schema) -> Iterator[Diagnostic]:
    """A shared field of a stream is declared in one place, and told of once."""
    first: dict[str, Field] = {}
    told: set[str] = set()
    fields = (field for event in schema.events.values() for field in event.fields)
    for field in fields:
        usual = first.setdefault(field.name, field)
        if field.type != usual.type and field.name not in told:
            told.add(field.name)
            yield Diagnostic(
                "inconsistent-field",
                f"`{field.name}` has another type here than in other events.",
                field.place,
                (Related(f"`{usual.name}` first declared here", usual.place),),
                "give it a name of its own, or the same type",
                "warning",
            )
