"""A typed value of a schema → the Python expression that makes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from storyline_generator.identifiers import field_name
from storyline_generator.plan.quoting import quoted
from storyline_generator.plan.scalar_values import scalar_expression
from storyline_generator.plan.scope import Scope
from storyline_generator.schema import (
    ConstrainedType,
    EnumType,
    Field,
    IdType,
    ListOf,
    MapOf,
    RecordType,
    RecordValue,
    Reference,
    Scalar,
    SetOf,
    Type,
)


def expression(scope: Scope, type: Type, value: object) -> str:
    """Source of the value, e.g. `ListId("l1")`, `date(2026, 11, 23)`, `[Item(title="Milk")]`."""
    if value is None:
        return "None"
    match type:
        case Scalar():
            return scalar_expression(scope.names, type, value)
        case Reference(name):
            return _declared(scope, name, value)
        case ListOf(item):
            return f"[{', '.join(_items(scope, item, value))}]"
        case SetOf(item):
            items = ", ".join(sorted(_items(scope, item, value)))
            return f"{scope.names.builtin('frozenset')}({f'{{{items}}}' if items else ''})"
        case MapOf(item):
            return f"{{{', '.join(_pairs(scope, item, value))}}}"


def arguments(scope: Scope, fields: Iterable[Field], values: Mapping[str, object]) -> str:
    """Keyword arguments for a class with these fields, as far as there are values."""
    return ", ".join(
        f"{field_name(field.name)}={expression(scope, field.type, values[field.name])}"
        for field in fields
        if field.name in values
    )


def has_record(value: object) -> bool:
    """Whether making the value needs a class of the story."""
    match value:
        case RecordValue():
            return True
        case Mapping():
            return any(map(has_record, cast("Mapping[str, object]", value).values()))
        case list() | tuple():
            return any(map(has_record, cast("Iterable[object]", value)))
        case _:
            return False


def _items(scope: Scope, item: Type, values: object) -> list[str]:
    return [expression(scope, item, value) for value in cast("Iterable[object]", values)]


def _pairs(scope: Scope, item: Type, values: object) -> list[str]:
    pairs = cast("Mapping[str, object]", values).items()
    return [f"{quoted(key)}: {expression(scope, item, value)}" for key, value in pairs]


def _declared(scope: Scope, name: str, value: object) -> str:
    match scope.schema.types[name]:
        case IdType(base=base):
            identifier = scalar_expression(scope.names, base, value)
            return f"{scope.names.story('types', name)}({identifier})"
        case ConstrainedType(base=base):
            return scalar_expression(scope.names, base, value)
        case EnumType(values=known, retired=retired):
            text = quoted(str(value))
            is_known = value in known + retired
            return text if is_known else f"{scope.names.runtime('Unrecognized')}({text})"
        case RecordType(fields=fields):
            values = cast(RecordValue, value).fields
            return f"{scope.names.story('types', name)}({arguments(scope, fields, values)})"
