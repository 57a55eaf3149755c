"""Stored records of old versions become today's."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar

import pytest

from storyline import Convert, Drop, Event, Map, Rename, Set, Story, UnreadableEventError, Upcast
from storyline.rows import recorded_event
from storyline.upcasting import NoWayError, upcast

OLD = {"text": "Milk", "size": 2, "on": "2026-01-02", "colour": "red", "junk": None}


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (Rename("title", "text"), {"title": "Milk"}),
        (Rename("title", "absent"), {"text": "Milk"}),
        (Drop("text"), {}),
        (Map("text", {"Milk": "Eggs"}), {"text": "Eggs"}),
        (Map("text", {"Eggs": "Milk"}), {"text": "Milk"}),
        (Set("text", "Eggs"), {"text": "Milk"}),
        (Set("size", 1), {"text": "Milk", "size": 1}),
        (Convert("text", "wrap"), {"text": ["Milk"]}),
        (Convert("size", "wrap"), {"text": "Milk"}),
    ],
)
def test_a_step_makes_a_new_record(step: Any, expected: dict[str, Any]) -> None:
    data = {"text": "Milk"}
    assert step(data) == expected
    assert data == {"text": "Milk"}


@pytest.mark.parametrize(
    ("value", "conversion", "expected"),
    [
        (5, "to_str", "5"),
        (True, "to_str", "true"),
        (Decimal("0.10"), "to_str", "0.10"),
        (Decimal("1E+2"), "to_str", "100"),
        ("2026-01-02", "midnight_utc", "2026-01-02T00:00:00.000000Z"),
    ],
)
def test_conversions(value: object, conversion: str, expected: object) -> None:
    assert Convert("a", conversion)({"a": value}) == {"a": expected}


def test_versions_are_gone_through_one_by_one() -> None:
    upcasts = {1: Upcast(Rename("b", "a")), 2: Upcast(Rename("c", "b"), Set("d", 1))}
    assert upcast(upcasts, 1, 3, {"a": 0}) == {"c": 0, "d": 1}
    assert upcast(upcasts, 2, 3, {"b": 0}) == {"c": 0, "d": 1}


def test_there_is_no_way_back_and_none_over_a_gap() -> None:
    with pytest.raises(NoWayError, match="version 3, and this code knows 2"):
        upcast({}, 3, 2, {})
    with pytest.raises(NoWayError, match="from version 1 to 2"):
        upcast({}, 1, 2, {})


def test_an_upcast_without_a_step_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a step"):
        Upcast()


class Noted(Event, frozen=True):
    __type__: ClassVar[str] = "NOTED"
    __version__: ClassVar[int] = 2

    text: str
    size: float


def angry(data: dict[str, Any]) -> dict[str, Any]:
    raise KeyError(data["text"])


UPCASTS = {"NOTED": {1: Upcast(Rename("text", "title"), angry)}}
STORY = Story("x", "x", __name__, {"NOTED": "Noted"}, upcasts=__name__)


def row(version: int, data: str) -> tuple[Any, ...]:
    return (7, "NOTED", version, data, "{}", datetime(2026, 1, 1, tzinfo=UTC))


def test_an_event_of_todays_version_imports_no_upcasts() -> None:
    lonely = Story("x", "x", __name__, {"NOTED": "Noted"}, upcasts="no.such.module")
    event = recorded_event(lonely, row(2, '{"text": "a", "size": 0.1}'))
    assert event.data == Noted(text="a", size=0.1)


def test_what_the_users_code_raises_names_the_event() -> None:
    with pytest.raises(UnreadableEventError, match="Event 7 of type `NOTED`") as caught:
        recorded_event(STORY, row(1, '{"title": "a", "size": 0.1}'))
    assert isinstance(caught.value.__cause__, KeyError)
