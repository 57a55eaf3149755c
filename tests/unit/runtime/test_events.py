"""Events and states as values, and their stored form."""

from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

import pytest
from pydantic import Field, ValidationError

from storyline import KEEP, Event, Keep, Recorded, State, UnwritableError
from storyline.events import read_json, write_json, write_lines, write_metadata
from storyline.metadata import NO_METADATA
from storyline.scalars import Json


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


class Nested(Event, frozen=True):
    __type__: ClassVar[str] = "NESTED"

    any: Json
    inner: "Nested | None" = None


def nested(levels: int) -> Any:
    return 1 if not levels else [nested(levels - 1)] if levels % 2 else {"a": nested(levels - 1)}


def nested_event(levels: int) -> Nested:
    return Nested(any=1, inner=nested_event(levels - 1) if levels > 1 else None)


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


@pytest.mark.parametrize("levels", [101, 200, 250])
def test_what_is_nested_too_deeply_to_be_read_again_is_refused(levels: int) -> None:
    for event in (Nested(any=nested(levels)), nested_event(levels)):
        with pytest.raises(UnwritableError, match="deep"):
            write_json(event)
        with pytest.raises(UnwritableError, match="deep"):
            write_lines([Nested(any=1), event, Nested(any="a" * 2000)])


@pytest.mark.parametrize("levels", [101, 200, 5000, 100_000])
def test_metadata_that_is_nested_too_deeply_is_refused(levels: int) -> None:
    deep: Any = 1
    for _ in range(levels):
        deep = [deep]
    with pytest.raises(UnwritableError):
        write_metadata({"a": deep})


def test_many_brackets_side_by_side_are_not_deep() -> None:
    event = Nested(any=[nested(90)] * 200 + ["[{" * 200])
    assert read_json(Nested, write_lines([event])) == event
    write_metadata({"a": ["[" * 300]})


def test_what_is_nested_as_deeply_as_may_be_is_read_again() -> None:
    for event in (Nested(any=nested(98)), nested_event(99)):
        assert read_json(Nested, write_json(event)) == event


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


def test_a_value_of_another_type_in_one_of_many_events_is_refused() -> None:
    fits = Nested(any=1)
    with pytest.raises(UnwritableError, match="Expected `str`"):
        write_lines([fits, Renamed.model_construct(class_=3), fits])
    with pytest.raises(UnwritableError, match="NESTED"):
        write_lines((fits, Nested.model_construct(any=object())))
