"""What a projection says of itself before it meets an event."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar

import pytest

from storyline import Event, Recorded, State
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
