"""A type is declared, and no field has it.

It may be left over, or a field may have been meant to have it. Nothing but the type itself is
generated from it.

Example: `Colour`, where every field is of another type.

    [types]
    Colour = { enum = ["red", "green"] }
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from storyline_generator.checks.parts import types_within
from storyline_generator.diagnostics import Diagnostic
from storyline_generator.schema import Field, Reference, Schema


def check(schema: Schema) -> Iterator[Diagnostic]:
    used = _used_types(schema)
    for declaration in schema.types.values():
        if declaration.name not in used:
            yield Diagnostic(
                "unused-type",
                f"no field is a `{declaration.name}`.",
                declaration.place,
                hint="remove it, or give a field this type",
                severity="warning",
            )


def _used_types(schema: Schema) -> set[str]:
    """A record that contains only itself is not used by that."""
    fields = (
        *(stream.fields for stream in schema.streams.values()),
        *(event.fields for event in schema.events.values()),
        *(projection.state for projection in schema.projections.values()),
    )
    used = {name for each in fields for name in _types_of(each)}
    for record in schema.records:
        used |= set(_types_of(record.fields)) - {record.name}
    return used


def _types_of(fields: Iterable[Field]) -> Iterator[str]:
    for type in (inner for field in fields for inner in types_within(field.type)):
        if isinstance(type, Reference):
            yield type.name
