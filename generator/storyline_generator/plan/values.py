"""A typed value of a schema → the Python expression that makes it. The one place where values become source."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import cast
from uuid import UUID

from storyline_generator.identifiers import field_name
from storyline_generator.plan.quoting import quoted, quoted_bytes
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
        case ListOf(item):
            return f"[{', '.join(_items(scope, item, value))}]"
        case SetOf(item):
            return _set(scope, sorted(_items(scope, item, value)))
        case MapOf(item):
            return _map(scope, item, cast("Mapping[str, object]", value))
        case Reference(name):
            return _declared(scope, name, value)
        case Scalar():
            return _scalar(scope, type, value)


def arguments(scope: Scope, fields: Iterable[Field], values: Mapping[str, object]) -> str:
    """Keyword arguments for a class with these fields, as far as there are values."""
    given = [field for field in fields if field.name in values]
    return ", ".join(
        f"{field_name(field.name)}={expression(scope, field.type, values[field.name])}"
        for field in given
    )


def has_record(value: object) -> bool:
    """Whether making the value needs a class of the story."""
    if isinstance(value, Mapping):
        value = list(cast("Mapping[object, object]", value).values())
    return isinstance(value, RecordValue) or (
        isinstance(value, list | tuple | set | frozenset)
        and any(map(has_record, cast("Iterable[object]", value)))
    )


def _items(scope: Scope, item: Type, values: object) -> list[str]:
    return [expression(scope, item, value) for value in cast("Iterable[object]", values)]


def _set(scope: Scope, items: list[str]) -> str:
    return (
        f"{scope.names.builtin('frozenset')}({{{', '.join(items)}}})"
        if items
        else f"{scope.names.builtin('frozenset')}()"
    )


def _map(scope: Scope, item: Type, values: Mapping[str, object]) -> str:
    return (
        "{"
        + ", ".join(
            f"{quoted(key)}: {expression(scope, item, value)}" for key, value in values.items()
        )
        + "}"
    )


def _declared(scope: Scope, name: str, value: object) -> str:
    match scope.schema.types[name]:
        case IdType(base=base):
            return f"{scope.names.story('types', name)}({_scalar(scope, base, value)})"
        case ConstrainedType(base=base):
            return _scalar(scope, base, value)
        case EnumType(values=values):
            known = value in values
            return (
                quoted(str(value))
                if known
                else f"{scope.names.runtime('Unrecognized')}({quoted(str(value))})"
            )
        case RecordType(fields=fields):
            values = (
                value.fields
                if isinstance(value, RecordValue)
                else cast("Mapping[str, object]", value)
            )
            return f"{scope.names.story('types', name)}({arguments(scope, fields, values)})"


def _scalar(scope: Scope, scalar: Scalar, value: object) -> str:
    match scalar, value:
        case Scalar.JSON, _:
            return _json(value)
        case Scalar.FLOAT, int() | float():
            return repr(float(value))
        case Scalar.DECIMAL, _:
            return f"{scope.names.library('decimal', 'Decimal')}({quoted(str(value))})"
        case _, str():
            return quoted(value)
        case _, bytes():
            return quoted_bytes(value)
        case _, UUID():
            return f"{scope.names.library('uuid', 'UUID')}({quoted(str(value))})"
        case _, datetime.date() | datetime.time() | datetime.timedelta():
            return _time(scope, value)
        case _:
            return repr(value)


def _time(scope: Scope, value: datetime.date | datetime.time | datetime.timedelta) -> str:
    """Instants are in UTC; zeros at the end are left out."""
    parts: list[str]
    match value:
        case datetime.datetime():
            utc = value.astimezone(datetime.UTC)
            clock = _without_zeros([utc.second, utc.microsecond])
            parts = [*map(str, (utc.year, utc.month, utc.day, utc.hour, utc.minute, *clock))]
            parts.append(f"tzinfo={scope.names.library('datetime', 'UTC')}")
        case datetime.date():
            parts = [str(value.year), str(value.month), str(value.day)]
        case datetime.time():
            clock = _without_zeros([value.second, value.microsecond])
            parts = [*map(str, (value.hour, value.minute, *clock))]
        case datetime.timedelta():
            named = {
                "days": value.days,
                "seconds": value.seconds,
                "microseconds": value.microseconds,
            }
            parts = [f"{name}={number}" for name, number in named.items() if number]
    return f"{scope.names.library('datetime', type(value).__name__)}({', '.join(parts)})"


def _without_zeros(numbers: list[int]) -> list[int]:
    return numbers if numbers[-1] else _without_zeros(numbers[:-1]) if numbers[1:] else []


def _json(value: object) -> str:
    match value:
        case str():
            return quoted(value)
        case dict():
            pairs = cast("dict[str, object]", value).items()
            return "{" + ", ".join(f"{quoted(key)}: {_json(item)}" for key, item in pairs) + "}"
        case list() | tuple():
            return "[" + ", ".join(_json(item) for item in cast("Iterable[object]", value)) + "]"
        case _:
            return repr(value)
