# Made by runtime/make_sync.py; edit runtime/storyline/testing/_async/scenarios.py
"""Given these events, when a rule decides or a fold folds, then this: tests that read as sentences.

Each step knows only the next, so a type checker refuses any other order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from storyline._sync.client import EventClient
from storyline._sync.projections import Projection
from storyline._sync.validators import Validator
from storyline.errors import RefusedError
from storyline.events import Event, State
from storyline.story import Story
from storyline.testing._sync.clients import InMemoryEventClient
from storyline.testing.telling import Became, Refused, Saved, Told

P = ParamSpec("P")
N = TypeVar("N", bound=Event)
S = TypeVar("S", bound=State)


def given(where: Story | EventClient, events: Sequence[Event] = ()) -> Given:
    """A log in memory for a story; with a client, that client's log. The events are saved there."""
    client = InMemoryEventClient(where) if isinstance(where, Story) else where
    return Given(client, tuple(events))


@dataclass(frozen=True)
class Given:
    client: EventClient
    events: tuple[Event, ...]

    def when(
        self,
        validator: Callable[Concatenate[EventClient, P], Validator[Any, N]],
        *arguments: P.args,
        **key: P.kwargs,
    ) -> When[N]:
        """The validator, and what it is constructed with besides the client."""
        told = Told(self.events, _name(validator), key)
        return When(self, told, lambda: validator(self.client, *arguments, **key))

    def folded_by(
        self,
        projection: Callable[Concatenate[EventClient, P], Projection[S, Any]],
        *arguments: P.args,
        **key: P.kwargs,
    ) -> Folded[S]:
        """The projection, and what it is constructed with besides the client."""
        told = Told(self.events, _name(projection), key)
        return Folded(self, told, lambda: projection(self.client, *arguments, **key))

    def happen(self) -> None:
        if self.events:
            self.client.save_events(self.events)


@dataclass(frozen=True)
class When(Generic[N]):
    given: Given
    told: Told
    validator: Callable[[], Validator[Any, N]]

    def applies(self, *events: N) -> Outcome[N]:
        return Outcome(self, events)


@dataclass(frozen=True)
class Outcome(Generic[N]):
    when: When[N]
    applied: tuple[N, ...]

    def then(self, *expected: N) -> None:
        """These are saved, in this order."""
        self._told.require(Saved(expected), self._found())

    def then_refused(self, reason: str) -> None:
        """Nothing is saved, for this reason: by default, the first line of the rule's `doc`."""
        self._told.require(Refused(reason), self._found())

    def _found(self) -> Saved | Refused:
        self.when.given.happen()
        try:
            recorded = self.when.validator().apply(self.applied).save()
        except RefusedError as error:
            return Refused(error.reason)
        return Saved(tuple(each.data for each in recorded))

    @property
    def _told(self) -> Told:
        return self.when.told._replace(applied=self.applied)


@dataclass(frozen=True)
class Folded(Generic[S]):
    given: Given
    told: Told
    projection: Callable[[], Projection[S, Any]]

    def then(self, expected: S) -> None:
        """This is the state."""
        self.given.happen()
        state = self.projection().state()
        self.told.require(Became(expected), Became(state))


def _name(callable: Callable[..., object]) -> str:
    return getattr(callable, "__name__", repr(callable))
