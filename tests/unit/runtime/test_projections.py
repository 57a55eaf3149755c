"""What a projection says of itself before it meets an event."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

import pytest
from pydantic import Field

from storyline import (
    Event,
    ListOf,
    ProjectionOnDemandError,
    Query,
    QueryItem,
    Recorded,
    State,
    StateKey,
    Text,
)
from storyline.metadata import NO_METADATA
from storyline.projections import ProjectionFold


class Nothing(State, frozen=True):
    pass


class Base(ProjectionFold[Nothing, Event]):
    """As the generator writes it."""

    handlers: ClassVar[Mapping[str, str]] = {"ADDED": "on_added", "RATED": "on_rated"}

    def initial_state(self) -> Nothing:
        return Nothing()

    @abstractmethod
    def on_added(self, state: Nothing, event: Recorded[Event]) -> Nothing: ...

    @abstractmethod
    def on_rated(self, state: Nothing, event: Recorded[Event]) -> Nothing: ...


def test_a_projection_that_forgot_an_event_says_so_when_it_is_defined() -> None:
    with pytest.raises(TypeError, match="Write `on_rated` for `RATED`; or name"):

        class Forgetful(Base):
            def on_added(self, state: Nothing, event: Recorded[Event]) -> Nothing:
                return state


class Added(Event, frozen=True):
    __type__: ClassVar[str] = "ADDED"

    class_: Annotated[UUID, Field(alias="class")]


class Rated(Event, frozen=True):
    __type__: ClassVar[str] = "RATED"

    classes: list[UUID]


class Count(State, frozen=True):
    class_: UUID
    added: int = 0


class Counting(ProjectionFold[Count, Added | Rated]):
    """With a key that the events have under other names."""

    projection_type: ClassVar[str] = "counting"
    state_class: ClassVar[type[State]] = Count
    handlers: ClassVar[Mapping[str, str]] = {"ADDED": "on_added"}
    reads: ClassVar[Query[Any] | None] = Query(QueryItem(("ADDED", "RATED")))
    state_key: ClassVar[StateKey | None] = StateKey(
        "class_", UUID, {"ADDED": Text("class"), "RATED": ListOf(Text("classes"))}
    )

    def __init__(self, client: object, *, class_: UUID) -> None:
        self.class_ = class_

    def initial_state(self) -> Count:
        return Count(class_=self.class_)

    def on_added(self, state: Count, event: Recorded[Added]) -> Count:
        return Count(class_=self.class_, added=state.added + 1)


ONE, TWO = UUID(int=1), UUID(int=2)


def recorded(event: Added | Rated) -> Recorded[Added | Rated]:
    return Recorded(1, event.__type__, event, datetime(2026, 1, 1, tzinfo=UTC), NO_METADATA)


def test_the_state_of_any_id_is_folded_without_a_client() -> None:
    fold = Counting.for_id(str(TWO))
    assert fold.fold([recorded(Added(class_=TWO))]) == Count(class_=TWO, added=1)


def test_an_event_touches_the_state_of_its_key_or_those_of_its_list() -> None:
    assert Counting.ids_of(recorded(Added(class_=TWO))) == (str(TWO),)
    assert Counting.ids_of(recorded(Rated(classes=[TWO, ONE, TWO]))) == (str(ONE), str(TWO))
    assert Counting.ids_of(recorded(Rated(classes=[]))) == ()


def test_a_state_is_made_of_the_events_that_have_its_key() -> None:
    query = Counting.query_of(ONE)
    events = Added(class_=ONE), Added(class_=TWO), Rated(classes=[TWO, ONE]), Rated(classes=[TWO])
    assert [query.matches(event) for event in events] == [True, False, True, False]


def test_without_a_key_every_event_touches_the_one_state() -> None:
    class Whole(Counting):
        state_key: ClassVar[StateKey | None] = None

    assert Whole.ids_of(recorded(Added(class_=ONE))) == ("",)
    assert Whole.query_of("").matches(Added(class_=ONE))


def test_what_only_the_caller_knows_cannot_be_asked_for() -> None:
    class OnDemand(Counting):
        reads: ClassVar[Query[Any] | None] = None

    with pytest.raises(ProjectionOnDemandError) as refused:
        OnDemand.query_of(ONE)
    assert refused.value.projection_type == "counting"
