"""A field of a projection's state has nothing to begin with.

A state exists before the first event is folded into it, so each field needs a default, unless it is
optional, a list, a set or a map (which begin empty), or the projection's key (which is known).

Example: `default = ""` is missing.

    [projections.list]
    stream = "list"
    state.name = "str"
"""

from __future__ import annotations

from collections.abc import Iterator

from storyline_generator.diagnostics import Diagnostic
from storyline_generator.schema import Field, ListOf, MapOf, Projection, Reference, Schema, SetOf


def check(schema: Schema) -> Iterator[Diagnostic]:
    for projection in schema.projections.values():
        for field in projection.state:
            if not _has_beginning(field, projection, schema):
                message = f"`{field.name}` has no value before the first event."
                hint = "add a `default`, or make it optional with `?`"
                yield Diagnostic("state-without-default", message, field.place, hint=hint)


def _has_beginning(field: Field, projection: Projection, schema: Schema) -> bool:
    is_key = projection.key is not None and projection.key.name == field.name
    is_unknown = isinstance(field.type, Reference) and field.type.name not in schema.types
    begins_empty = isinstance(field.type, ListOf | SetOf | MapOf)
    return field.optional or field.default is not None or begins_empty or is_key or is_unknown
