"""Each typed value of a schema has one expression in Python, which evaluates to it."""

from __future__ import annotations

import datetime
from datetime import UTC, date, time, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyline_generator.plan.imports import Names
from storyline_generator.plan.scalar_values import scalar_expression
from storyline_generator.schema import Scalar

NAMESPACE = {
    "Decimal": Decimal,
    "UTC": UTC,
    "UUID": UUID,
    "date": date,
    "datetime": datetime.datetime,
    "time": time,
    "timedelta": timedelta,
}
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
VALUES = st.one_of(
    st.tuples(st.just(Scalar.STR), st.text()),
    st.tuples(st.just(Scalar.INT), st.integers()),
    st.tuples(st.just(Scalar.FLOAT), st.floats(allow_nan=False, allow_infinity=False)),
    st.tuples(st.just(Scalar.BOOL), st.booleans()),
    st.tuples(st.just(Scalar.DECIMAL), st.decimals(allow_nan=False, allow_infinity=False)),
    st.tuples(st.just(Scalar.UUID), st.uuids()),
    st.tuples(st.just(Scalar.DATE), st.dates()),
    st.tuples(st.just(Scalar.DATETIME), st.datetimes(timezones=st.just(UTC))),
    st.tuples(st.just(Scalar.TIME), st.times()),
    st.tuples(st.just(Scalar.DURATION), st.timedeltas()),
    st.tuples(st.just(Scalar.BYTES), st.binary()),
    st.tuples(st.just(Scalar.JSON), JSON),
)


@given(VALUES)
def test_the_expression_evaluates_to_the_value(case: tuple[Scalar, object]) -> None:
    scalar, value = case
    source = scalar_expression(Names("filters", bound=set()), scalar, value)
    found = eval(source, dict(NAMESPACE))
    assert (found, str(found)) == (value, str(value))


@pytest.mark.parametrize(
    ("scalar", "value", "expected"),
    [
        (Scalar.TIME, time(6, 0), "time(6, 0)"),
        (Scalar.TIME, time(6, 0, 0, 5), "time(6, 0, 0, 5)"),
        (Scalar.DURATION, timedelta(), "timedelta()"),
        (Scalar.DECIMAL, Decimal("1.50"), 'Decimal("1.50")'),
        (Scalar.DECIMAL, 2, "Decimal(2)"),
        (Scalar.FLOAT, 1, "1.0"),
    ],
)
def test_the_expression_is_short(scalar: Scalar, value: object, expected: str) -> None:
    assert scalar_expression(Names("filters", bound=set()), scalar, value) == expected


def test_an_instant_is_written_in_utc() -> None:
    berlin = datetime.datetime(2026, 11, 23, 7, 10, tzinfo=timezone(timedelta(hours=1)))
    source = scalar_expression(Names("filters", bound=set()), Scalar.DATETIME, berlin)
    assert source == "datetime(2026, 11, 23, 6, 10, tzinfo=UTC)"
