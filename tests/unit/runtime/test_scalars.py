"""Each value has one stored text, and reading gives the value back."""

from datetime import UTC, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, ValidationError

from storyline import Bytes, DateTime, Duration, Json, Record, SortedSet, Time, Unrecognized
from storyline.events import read_json, write_json


class Sample(Record, frozen=True):
    moment: DateTime | None = None
    at: Time | None = None
    span: Duration | None = None
    raw: Bytes | None = None
    json_: Annotated[Json | None, Field(alias="json")] = None
    names: SortedSet[str] | None = None
    numbers: SortedSet[int] | None = None
    prices: SortedSet[Decimal] | None = None
    level: Literal["low", "high"] | Unrecognized | None = None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (
            Sample(moment=datetime(800, 1, 2, tzinfo=UTC)),
            '{"moment":"0800-01-02T00:00:00.000000Z"}',
        ),
        (
            Sample(moment=datetime(2026, 11, 23, 8, 10, tzinfo=timezone(timedelta(hours=2)))),
            '{"moment":"2026-11-23T06:10:00.000000Z"}',
        ),
        (Sample(at=time(6, 10)), '{"at":"06:10:00.000000"}'),
        (Sample(span=timedelta(days=400, microseconds=3)), '{"span":"P400DT0.000003S"}'),
        (Sample(span=timedelta(seconds=-1)), '{"span":"-P0DT1.000000S"}'),
        (Sample(raw=b"\x00\xff"), '{"raw":"AP8="}'),
        (Sample(json_={"a": [None, 1.5]}), '{"json":{"a":[null,1.5]}}'),
        (Sample(names=frozenset("ba")), '{"names":["a","b"]}'),
        (Sample(numbers=frozenset([10, 9])), '{"numbers":[9,10]}'),
        (Sample(prices=frozenset([Decimal("1.50")])), '{"prices":["1.50"]}'),
        (Sample(level=Unrecognized("odd")), '{"level":"odd"}'),
        (Sample(), "{}"),
    ],
)
def test_a_value_is_stored_as_one_text_and_read_back(value: Sample, text: str) -> None:
    assert write_json(value) == text
    assert read_json(Sample, text) == value


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_the_order_of_stored_instants_is_the_order_of_time(a: datetime, b: datetime) -> None:
    stored = [write_json(Sample(moment=moment)) for moment in (a, b)]
    assert (stored[0] < stored[1]) == (a < b)


@given(st.timedeltas())
def test_every_duration_is_read_back(span: timedelta) -> None:
    assert read_json(Sample, write_json(Sample(span=span))).span == span


@pytest.mark.parametrize(
    "given",
    [
        {"moment": datetime(2026, 1, 1)},
        {"moment": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5)))},
        {"moment": "2026-11-23T06:10:00Z"},
        {"at": time(1, tzinfo=UTC)},
        {"raw": "AP8="},
        {"json": float("nan")},
        {"json": {"a": [float("inf")]}},
        {"json": {"\ud800": 1}},
        {"numbers": [1, 2]},
        {"level": "odd"},
        {"unknown": 1},
    ],
)
def test_what_cannot_be_stored_is_refused_when_constructed(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Sample.model_validate(given)


def test_an_unknown_value_of_an_open_enum_is_recognised_as_such() -> None:
    assert isinstance(read_json(Sample, '{"level":"odd"}').level, Unrecognized)
    assert not isinstance(read_json(Sample, '{"level":"low"}').level, Unrecognized)


def test_a_null_at_the_top_of_json_is_not_a_value() -> None:
    class Holder(Record, frozen=True):
        value: Json

    with pytest.raises(ValidationError):
        read_json(Holder, '{"value": null}')
