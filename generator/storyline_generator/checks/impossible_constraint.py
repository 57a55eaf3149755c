"""A constraint cannot be asked of this type.

`min_length max_length pattern` are for text, `min max multiple_of` for numbers, `decimal_places
max_digits` for decimals, and `min_items max_items` for lists, sets and maps.

Example: a number has no length.

    [types]
    Amount = { base = "int", max_length = 10 }
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from storyline_generator.checks.parts import constrained
from storyline_generator.diagnostics import Diagnostic
from storyline_generator.schema import (
    EnumType,
    ListOf,
    MapOf,
    Reference,
    Scalar,
    Schema,
    SetOf,
    Type,
    TypeDeclaration,
    scalar_of,
)
from storyline_generator.suggestions import one_of

_OF_TEXT = ("min_length", "max_length", "pattern")
_OF_NUMBERS = ("min", "max", "multiple_of")
_OF_DECIMALS = (*_OF_NUMBERS, "decimal_places", "max_digits")
_OF_COLLECTIONS = ("min_items", "max_items")
_ALL = (*_OF_TEXT, *_OF_DECIMALS, *_OF_COLLECTIONS)
_BY_SCALAR: Mapping[Scalar | None, tuple[str, ...]] = {
    Scalar.STR: _OF_TEXT,
    Scalar.INT: _OF_NUMBERS,
    Scalar.FLOAT: _OF_NUMBERS,
    Scalar.DECIMAL: _OF_DECIMALS,
}


def check(schema: Schema) -> Iterator[Diagnostic]:
    for type, constraints, place in constrained(schema):
        possible = _possible(type, schema.types)
        for name in _ALL:
            if getattr(constraints, name) is not None and name not in possible:
                message = f"`{name}` cannot be asked of this type."
                hint = f"use {one_of(possible)}" if possible else "leave it out"
                yield Diagnostic("impossible-constraint", message, place / name, hint=hint)


def _possible(type: Type, types: Mapping[str, TypeDeclaration]) -> tuple[str, ...]:
    match type:
        case ListOf() | SetOf() | MapOf():
            return _OF_COLLECTIONS
        case Reference(name) if name not in types:
            return _ALL
        case Reference(name) if isinstance(types[name], EnumType):
            return ()
        case _:
            return _BY_SCALAR.get(scalar_of(type, types), ())
