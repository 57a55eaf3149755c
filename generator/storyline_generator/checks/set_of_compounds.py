"""A set holds something other than single values.

The members of a set are compared with each other and stored in order, which lists, maps, records
and `json` do not allow. A list holds anything.

Example: `list[Item]` instead of `set[Item]`.

    [types.Item]
    fields.title = "str"

    [projections.list]
    state.items = "set[Item]"
"""

from __future__ import annotations

from collections.abc import Iterator

from storyline_generator.checks.parts import types_within
from storyline_generator.diagnostics import Diagnostic
from storyline_generator.schema import Schema, SetOf, is_single


def check(schema: Schema) -> Iterator[Diagnostic]:
    for field in schema.declared_fields:
        for type in types_within(field.type):
            if isinstance(type, SetOf) and not is_single(type.item, schema.types):
                message = f"the set in `{field.name}` does not hold single values."
                hint = "use a list"
                yield Diagnostic("set-of-compounds", message, field.place.value, hint=hint)
