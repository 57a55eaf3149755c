"""The generator and the runtime store a value alike."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from pydantic import TypeAdapter

from storyline import Bytes, DateTime, Duration, SortedSet, Time
from storyline_generator.schema import ListOf, MapOf, Scalar, SetOf, Type
from storyline_generator.values.stored import stored


@pytest.mark.parametrize(
    ("type", "annotation", "value"),
    [
        (Scalar.STR, str, "é\n"),
        (Scalar.FLOAT, float, 1),
        (Scalar.BOOL, bool, False),
        (Scalar.DECIMAL, Decimal, Decimal("1.50")),
        (Scalar.UUID, UUID, UUID(int=5)),
        (Scalar.DATE, date, date(5, 1, 1)),
        (Scalar.DATETIME, DateTime, datetime(2026, 1, 1, tzinfo=UTC)),
        (Scalar.TIME, Time, time(6, 10)),
        (Scalar.DURATION, Duration, timedelta(days=-2, microseconds=7)),
        (Scalar.BYTES, Bytes, b"\xff\0"),
        (ListOf(Scalar.DATE), list[date], [date(2026, 1, 1)]),
        (SetOf(Scalar.STR), SortedSet[str], frozenset("ba")),
        (SetOf(Scalar.INT), SortedSet[int], frozenset([10, 9])),
        (MapOf(Scalar.DECIMAL), dict[str, Decimal], {"a": Decimal("2")}),
    ],
)
def test_the_generator_stores_a_value_as_the_runtime_does(
    type: Type, annotation: Any, value: object
) -> None:
    text = TypeAdapter(annotation).dump_json(value, by_alias=True)
    assert stored(value, type, {}) == json.loads(text)
