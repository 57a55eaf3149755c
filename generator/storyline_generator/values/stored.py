"""A typed value of a schema → the JSON that the runtime stores for it; a test compares both."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from storyline_generator.schema import (
    Field,
    ListOf,
    MapOf,
    RecordType,
    RecordValue,
    Reference,
    Scalar,
    SetOf,
    Type,
    TypeDeclaration,
    scalar_of,
)

_Types = Mapping[str, TypeDeclaration]


def stored(value: object, type: Type, types: _Types) -> object:
    """Plain JSON: text, numbers, true and false, lists and tables."""
    match type:
        case ListOf(item):
            return [stored(each, item, types) for each in _items(value)]
        case SetOf(item):
            return sorted((stored(each, item, types) for each in _items(value)), key=_order)
        case MapOf(item):
            entries = cast("Mapping[str, object]", value).items()
            return {key: stored(each, item, types) for key, each in entries}
        case Reference(name) if isinstance(record := types[name], RecordType):
            return _stored_record(cast(RecordValue, value), record.fields, types)
        case _:
            return stored_scalar(value, scalar_of(type, types))


def stored_scalar(value: object, scalar: Scalar | None) -> object:
    match value:
        case datetime():
            return (
                value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
            )
        case date():
            return value.isoformat()
        case time():
            return value.isoformat(timespec="microseconds")
        case timedelta():
            return _duration(value)
        case bytes():
            return base64.b64encode(value).decode()
        case UUID() | Decimal():
            return str(value)
        case int() if scalar is Scalar.FLOAT:
            return float(value)
        case _:
            return value


def _stored_record(value: RecordValue, fields: Iterable[Field], types: _Types) -> object:
    """With the defaults of what is not given: a record is stored as it is constructed."""
    given = {field.name: field.default.value for field in fields if field.default} | dict(
        value.fields
    )
    return {
        field.key: stored(given[field.name], field.type, types)
        for field in fields
        if given.get(field.name) is not None
    }


def _duration(value: timedelta) -> str:
    sign, span = ("-", -value) if value < timedelta(0) else ("", value)
    return f"{sign}P{span.days}DT{span.seconds}.{span.microseconds:06}S"


def _items(value: object) -> Iterable[object]:
    return cast("Iterable[object]", value)


def _order(stored: Any) -> Any:
    return json.dumps(stored, sort_keys=True) if isinstance(stored, dict | list) else stored
