"""Python values ↔ the one text that each is stored as: equal values are equal texts.

Knows pydantic, but neither events nor queries: both write values through the functions here.
"""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any, TypeAlias, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    GetCoreSchemaHandler,
    JsonValue,
    PlainSerializer,
    SerializerFunctionWrapHandler,
    WrapSerializer,
)
from pydantic_core import CoreSchema, core_schema

T = TypeVar("T")


def stored_datetime(value: datetime) -> str:
    """Fixed width and always UTC: the order of the texts is the order of the instants."""
    return in_utc(value).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def stored_time(value: time) -> str:
    return without_zone(value).isoformat(timespec="microseconds")


def stored_duration(value: timedelta) -> str:
    """ISO 8601, in days and seconds. The order of the texts means nothing."""
    sign, span = ("-", -value) if value < timedelta(0) else ("", value)
    return f"{sign}P{span.days}DT{span.seconds}.{span.microseconds:06}S"


def stored_bytes(value: bytes) -> str:
    return base64.b64encode(value).decode()


def in_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a datetime needs a time zone")
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("a datetime must lie in the years 1 to 9999 of UTC") from error


def without_zone(value: time) -> time:
    if value.tzinfo is not None:
        raise ValueError("a time must not have a time zone")
    return value


def _decoded(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else base64.b64decode(text, validate=True)


def _plain_json(value: T) -> T:
    """Refuses what stored JSON cannot carry: NaN, infinities, half a surrogate pair."""
    json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    return value


def _in_order(values: frozenset[Any], handler: SerializerFunctionWrapHandler) -> list[Any]:
    """Sorted, so that equal sets are equal texts; records and lists by their JSON text."""

    def place(stored: Any) -> Any:
        return json.dumps(stored, sort_keys=True) if isinstance(stored, dict | list) else stored

    return sorted(handler(values), key=place)


class _Base64:
    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> CoreSchema:
        return core_schema.json_or_python_schema(
            json_schema=core_schema.no_info_after_validator_function(
                _decoded, core_schema.str_schema()
            ),
            python_schema=core_schema.bytes_schema(strict=True),
        )


class Unrecognized(str):
    """A value of an open enum that this code does not know yet: newer code wrote it.

    Reading makes one by itself; writing needs `Unrecognized("value")`, so that a misspelling stays
    an error.
    """

    __slots__ = ()

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        text = core_schema.str_schema()
        return core_schema.json_or_python_schema(
            json_schema=core_schema.no_info_after_validator_function(cls, text),
            python_schema=core_schema.is_instance_schema(cls),
            serialization=core_schema.plain_serializer_function_ser_schema(str, return_schema=text),
        )


DateTime: TypeAlias = Annotated[
    AwareDatetime,
    AfterValidator(in_utc),
    PlainSerializer(stored_datetime, return_type=str, when_used="json"),
]
"""An instant: needs a time zone, and is kept in UTC."""

Time: TypeAlias = Annotated[
    time,
    AfterValidator(without_zone),
    PlainSerializer(stored_time, return_type=str, when_used="json"),
]
"""A time of day, without a time zone."""

Duration: TypeAlias = Annotated[
    timedelta, PlainSerializer(stored_duration, return_type=str, when_used="json")
]

Bytes: TypeAlias = Annotated[
    bytes, _Base64, PlainSerializer(stored_bytes, return_type=str, when_used="json")
]
"""Stored as base64."""

Json: TypeAlias = Annotated[
    list[JsonValue] | dict[str, JsonValue] | str | bool | int | float, AfterValidator(_plain_json)
]
"""Any JSON but a null at the top, which would be the same as an absent field."""

SortedSet: TypeAlias = Annotated[frozenset[T], WrapSerializer(_in_order, when_used="json")]
"""Stored as a sorted list without duplicates."""
