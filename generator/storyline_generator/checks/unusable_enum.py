"""An enum has no values, or one that cannot be stored.

PostgreSQL does not store the NUL character in text.

Example:

    [types]
    Priority = { enum = [] }
"""

from __future__ import annotations

from collections.abc import Iterator

from storyline_generator.diagnostics import Diagnostic
from storyline_generator.schema import EnumType, Schema


def check(schema: Schema) -> Iterator[Diagnostic]:
    for enum in schema.types.values():
        if isinstance(enum, EnumType):
            place = (enum.place / "enum").value
            if not enum.values:
                message = f"`{enum.name}` has no values."
                yield Diagnostic("unusable-enum", message, place, hint="list at least one")
            if any("\0" in value for value in (*enum.values, *enum.retired)):
                message = f"a value of `{enum.name}` contains the NUL character."
                yield Diagnostic("unusable-enum", message, place)
