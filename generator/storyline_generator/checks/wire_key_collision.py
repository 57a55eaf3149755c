"""Two fields would be stored under the same key, or read from it.

With `wire = "camel"` the field `item_id` is stored as `itemId`, and two different names may become
the same key: one value would overwrite the other. And a key that a field says it `was` is not free
for another field: in old rows nobody could tell whose value it is. So two fields cannot swap names.

Example: both become `line1`.

    wire = "camel"

    [events.ADDRESS_CHANGED]
    fields.line1 = "str"
    fields.line_1 = "str"
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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
                yield _collision(message, field, other, "give one of them another name")
        yield from _older_keys(owner, fields, first)


def _older_keys(
    owner: str, fields: tuple[Field, ...], keys: Mapping[str, Field]
) -> Iterator[Diagnostic]:
    """Told of the first field that claims a key: of two that swap, that is enough."""
    claimed = dict(keys)
    for field in fields:
        for old in field.was:
            other = claimed.setdefault(old, field)
            if other.name != field.name:
                message = f"`{field.name}` of {owner} was `{old}`, and so is `{other.name}`."
                hint = "take a new name for each, and let `was` say which it had"
                yield _collision(message, field, other, hint)
                return


def _collision(message: str, field: Field, other: Field, hint: str) -> Diagnostic:
    related = (Related("the other one is declared here", other.place),)
    return Diagnostic("wire-key-collision", message, field.place, related, hint)
