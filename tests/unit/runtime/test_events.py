"""Events and states as values, and their stored form."""

from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

import pytest
from pydantic import Field, ValidationError

from storyline import KEEP, Event, Keep, Recorded, State, UnwritableError
from storyline.events import read_json, write_json, write_metadata
from storyline.metadata import NO_METADATA


class Renamed(Event, frozen=True):
    __type__: ClassVar[str] = "RENAMED"

    class_: Annotated[str, Field(alias="class")]
    names: dict[str, str] = {}
    ratio: float = 0.5


class Counter(State, frozen=True):
    count: int = 0
    note: str | None = None

    def replace(self, *, count: int | Keep = KEEP, note: str | Keep | None = KEEP) -> "Counter":
        return self._replaced(count=count, note=note)


def test_a_field_is_stored_under_its_key() -> None:
    event = Renamed(class_="a")
    assert write_json(event) == '{"class":"a","names":{},"ratio":0.5}'
    assert read_json(Renamed, '{"class": "a", "class_": "ignored"}') == event


@pytest.mark.parametrize("text", ["\0", "a\\\0", "\\\\\0"])
def test_a_nul_is_refused_wherever_it_is(text: str) -> None:
    for event in (Renamed(class_=text), Renamed(class_="", names={text: ""})):
        with pytest.raises(UnwritableError, match="NUL"):
            write_json(event)


@pytest.mark.parametrize("text", ["\\u0000", "\\\\u0000", "\ufffd", "u0000", "😀"])
def test_text_that_only_looks_like_trouble_is_fine(text: str) -> None:
    event = Renamed(class_=text, names={text: text})
    assert read_json(Renamed, write_json(event)) == event


def test_half_a_surrogate_pair_is_refused_in_values_and_in_keys() -> None:
    for event in (Renamed(class_="\ud800"), Renamed(class_="", names={"\ud800": ""})):
        with pytest.raises(UnwritableError):
            write_json(event)


@pytest.mark.parametrize(
    "metadata", [{"a": "\0"}, {"a": "\ud800"}, {"a": float("nan")}, {"a": {1}}]
)
def test_metadata_that_is_no_json_is_refused(metadata: Any) -> None:
    with pytest.raises(UnwritableError):
        write_metadata(metadata)


def test_values_do_not_change_and_are_not_converted() -> None:
    event = Renamed(class_="a")
    with pytest.raises(ValidationError):
        event.class_ = "b"  # type: ignore[misc] # pyright: ignore
    for wrong in ({"ratio": "0.5"}, {"ratio": float("nan")}, {"other": 1}):
        with pytest.raises(ValidationError):
            Renamed.model_validate({"class": "a", **wrong})


def test_replacing_keeps_what_is_not_named_and_can_set_none() -> None:
    counter = Counter(count=1, note="first")
    assert counter.replace(count=2) == Counter(count=2, note="first")
    assert counter.replace(note=None) == Counter(count=1)
    assert counter == Counter(count=1, note="first")


@pytest.mark.parametrize("text", ["{}", '{"count": 1}', '{"count": 1, "note": "first"}'])
def test_replacing_does_what_pydantic_does_when_it_copies(text: str) -> None:
    counter = read_json(Counter, text)
    replaced, copied = counter.replace(note="other"), counter.model_copy(update={"note": "other"})
    assert replaced.__getstate__() == copied.__getstate__()
    assert replaced.replace(count=2).model_fields_set == {"count", "note"}
    assert counter == read_json(Counter, text)


def test_a_recorded_event_is_a_light_immutable_value() -> None:
    event = Recorded(
        1, "RENAMED", Renamed(class_="a"), datetime(2026, 1, 1, tzinfo=UTC), NO_METADATA
    )
    with pytest.raises(AttributeError):
        event.id = 2  # type: ignore[misc] # pyright: ignore
    assert not hasattr(event, "__dict__")
