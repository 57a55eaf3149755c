"""Two fields would be stored under the same key.

With `wire = "camel"` the field `item_id` is stored as `itemId`, and two different names may become
the same key: one value would overwrite the other.

Example: both become `line1`.

    wire = "camel"

    [events.ADDRESS_CHANGED]
    fields.line1 = "str"
    fields.line_1 = "str"
"""

from __future__ import annotations

from collections.abc import Iterator

from storyline_generator.checks.parts import field_tables
from storyline_generator.diagnostics import Diagnostic, Related
from storyline_generator.schema import Field, Schema


def check(schema: Schema) -> Iterator[Diagnostic]:
    for owner, fields in field_tables(schema):
        first: dict[str, Field] = {}
        for field in fields:
            other = first.setdefault(field.key, field)
            if other.name != field.name:
                both = f"`{other.name}` and `{field.name}`"
                message = f"{both} of {owner} are both stored as `{field.key}`."
                related = (Related("the other one is declared here", other.place),)
                hint = "give one of them another name"
                yield Diagnostic("wire-key-collision", message, field.place, related, hint)
