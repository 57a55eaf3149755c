"""TOML values become Python values of their type, and only those that fit."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, TypeAdapter, ValidationError

from storyline_generator.diagnostics import collected
from storyline_generator.schema import (
    Constraints,
    ListOf,
    MapOf,
    RecordValue,
    Reference,
    Scalar,
    SetOf,
    Type,
)
from storyline_generator.values import fit

from .story_texts import TODO, messages, node, resolved

TYPES = resolved(TODO).types
UNBOUNDED = Constraints()


def fitted(value: object, type: Type, constraints: Constraints = UNBOUNDED) -> object:
    result, diagnostics = collected(fit(node(value), type, TYPES, constraints))
    assert not diagnostics
    return result


def refused(value: object, type: Type, constraints: Constraints = UNBOUNDED) -> str:
    _, diagnostics = collected(fit(node(value), type, TYPES, constraints))
    return " ".join(messages(diagnostics))


@pytest.mark.parametrize(
    ("scalar", "value", "expected"),
    [
        (Scalar.STR, "é\n", "é\n"),
        (Scalar.INT, -(2**63), -(2**63)),
        (Scalar.FLOAT, 3, 3.0),
        (Scalar.BOOL, False, False),
        (Scalar.DECIMAL, "10.50", Decimal("10.50")),
        (Scalar.DECIMAL, 0.1, Decimal("0.1")),
        (Scalar.DECIMAL, 7, Decimal(7)),
        (Scalar.DATE, "2026-11-23", date(2026, 11, 23)),
        (Scalar.DATE, date(2026, 11, 23), date(2026, 11, 23)),
        (Scalar.DATETIME, "2026-11-23T07:10:00+01:00", datetime(2026, 11, 23, 6, 10, tzinfo=UTC)),
        (Scalar.DATETIME, "2026-11-23T06:10:00Z", datetime(2026, 11, 23, 6, 10, tzinfo=UTC)),
        (Scalar.TIME, "06:10", time(6, 10)),
        (Scalar.TIME, time(6, 10), time(6, 10)),
        (Scalar.DURATION, "P1W", timedelta(weeks=1)),
        (Scalar.DURATION, "-P1DT2H3M4.5S", -timedelta(days=1, hours=2, minutes=3, seconds=4.5)),
        (Scalar.BYTES, "aGVsbG8=", b"hello"),
        (
            Scalar.UUID,
            "7F0C1E2A-6F0F-4E43-9D59-0A6CBB1B8D2E",
            UUID(int=0x7F0C1E2A6F0F4E439D590A6CBB1B8D2E),
        ),
        (Scalar.JSON, {"a": [1, 2.5, True, "x", {}]}, {"a": [1, 2.5, True, "x", {}]}),
    ],
)
def test_a_value_that_fits_becomes_a_python_value(
    scalar: Scalar, value: object, expected: object
) -> None:
    result = fitted(value, scalar)
    assert result == expected
    assert type(result) is type(expected)


@pytest.mark.parametrize(
    ("scalar", "value", "reason"),
    [
        (Scalar.STR, 1, "this must be text, not a whole number."),
        (
            Scalar.STR,
            "a\0b",
            "text cannot contain the NUL character, which PostgreSQL does not store.",
        ),
        (Scalar.INT, True, "this must be a whole number, not true or false."),
        (Scalar.INT, 2**63, "this does not fit in 64 bits."),
        (Scalar.FLOAT, float("inf"), "JSON cannot say inf."),
        (Scalar.FLOAT, 10**400, "this does not fit in 64 bits."),
        (Scalar.BOOL, "true", "this must be true or false, not text."),
        (Scalar.DECIMAL, "NaN", "`NaN` is not a finite number."),
        (Scalar.DECIMAL, "1e999999", "this has more than 500 digits."),
        (Scalar.DECIMAL, float("nan"), "`nan` is not a finite number."),
        (
            Scalar.DATE,
            datetime(2026, 1, 1),
            "this must be a date like `2026-11-23`, not a date with a time.",
        ),
        (
            Scalar.DATETIME,
            datetime(2026, 1, 1),
            "this says no offset from UTC; add `Z` or an offset like `+01:00`.",
        ),
        (
            Scalar.DATETIME,
            datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1))),
            "in UTC this lies outside of the years 1 to 9999.",
        ),
        (Scalar.TIME, "06:10Z", "a time has no offset from UTC; a `datetime` has."),
        (Scalar.DURATION, "P", "`P` is not a duration like `P1DT2H30M` (no years or months)."),
        (Scalar.DURATION, "PT", "`PT` is not a duration like `P1DT2H30M` (no years or months)."),
        (Scalar.BYTES, "é", "`é` is not base64 text."),
        (
            Scalar.UUID,
            "{7f0c1e2a-6f0f-4e43-9d59-0a6cbb1b8d2e}",
            "write this UUID as `7f0c1e2a-6f0f-4e43-9d59-0a6cbb1b8d2e`.",
        ),
        (Scalar.JSON, [float("nan")], "JSON cannot say nan."),
        (
            Scalar.JSON,
            {"a\0": 1},
            "text cannot contain the NUL character, which PostgreSQL does not store.",
        ),
    ],
)
def test_a_value_that_does_not_fit_is_refused_in_a_sentence(
    scalar: Scalar, value: object, reason: str
) -> None:
    assert refused(value, scalar) == reason


def test_collections_hold_what_their_items_become() -> None:
    assert fitted(["2026-01-01"], ListOf(Scalar.DATE)) == [date(2026, 1, 1)]
    assert fitted(["high", "low"], SetOf(Reference("Priority"))) == frozenset({"low", "high"})
    assert fitted({"a": 1, "x-b": 2}, MapOf(Scalar.INT)) == {"a": 1, "x-b": 2}


def test_a_record_keeps_the_fields_that_are_given() -> None:
    item = {"item_id": "i", "title": "Milk", "created_at": "2026-01-01T00:00:00Z"}
    value = fitted(item, Reference("Item"))
    assert value == RecordValue("Item", {**item, "created_at": datetime(2026, 1, 1, tzinfo=UTC)})


def test_every_misfit_within_a_value_is_told() -> None:
    assert refused([{"titel": 1}, 2], ListOf(Reference("Item"))) == (
        "`Item` has no field `titel`. `Item` needs `item_id`. `Item` needs `title`. "
        "`Item` needs `created_at`. `Item` is a table, not a whole number."
    )


@pytest.mark.parametrize(
    ("value", "type", "constraints"),
    [
        ("abc", Scalar.STR, Constraints(min_length=3, max_length=3)),
        (5, Scalar.INT, Constraints(min=5, max=5, multiple_of=5)),
        ("12.5", Scalar.DECIMAL, Constraints(max_digits=3, decimal_places=1)),
        ([1, 2], ListOf(Scalar.INT), Constraints(min_items=2, max_items=2)),
    ],
)
def test_bounds_are_inclusive(value: object, type: Type, constraints: Constraints) -> None:
    assert fitted(value, type, constraints)


@pytest.mark.parametrize(
    ("value", "type", "constraints", "reason"),
    [
        ("", Reference("Title"), Constraints(), "this has 0 characters, and must have at least 1."),
        (
            "abc",
            Scalar.STR,
            Constraints(pattern="^[0-9]+$"),
            "this does not match the pattern `^[0-9]+$`.",
        ),
        (5, Scalar.INT, Constraints(max=4), "this is more than 4."),
        (0.3, Scalar.FLOAT, Constraints(multiple_of=0.2), "this is not a multiple of 0.2."),
        (
            "1.234",
            Scalar.DECIMAL,
            Constraints(decimal_places=2),
            "this has 3 decimal places, and may have 2.",
        ),
        ("123.4", Scalar.DECIMAL, Constraints(max_digits=3), "this has 4 digits, and may have 3."),
        (
            [],
            ListOf(Scalar.INT),
            Constraints(min_items=1),
            "this has 0 items, and must have at least 1.",
        ),
        (
            {"a": 1, "b": 2},
            MapOf(Scalar.INT),
            Constraints(max_items=1),
            "this has 2 items, and may have at most 1.",
        ),
    ],
)
def test_constraints_are_kept(
    value: object, type: Type, constraints: Constraints, reason: str
) -> None:
    assert refused(value, type, constraints) == reason


def test_a_remainder_is_exact_however_large_the_number() -> None:
    bounds = Constraints(multiple_of=Decimal("0.01"))
    assert refused("1e400", Scalar.DECIMAL, bounds) == ""
    assert (
        refused("1" + "0" * 300 + ".001", Scalar.DECIMAL, bounds)
        == "this is not a multiple of 0.01."
    )


def test_a_multiple_of_a_float_means_the_digits_that_are_written() -> None:
    assert fitted(0.3, Scalar.FLOAT, Constraints(multiple_of=0.1)) == 0.3


@given(st.decimals(-(10**12), 10**12), st.integers(0, 9), st.integers(0, 9))
def test_digits_are_counted_as_pydantic_counts_them(
    number: Decimal, digits: int, places: int
) -> None:
    model = TypeAdapter(Annotated[Decimal, Field(max_digits=digits, decimal_places=places)])
    try:
        model.validate_python(number)
        accepted = True
    except ValidationError:
        accepted = False
    bounds = Constraints(max_digits=digits, decimal_places=places)
    assert (refused(str(number), Scalar.DECIMAL, bounds) == "") == accepted


def test_a_type_that_is_not_declared_fits_everything_in_silence() -> None:
    assert refused({"a": [1]}, Reference("Missing")) == ""
