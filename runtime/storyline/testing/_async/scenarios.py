"""Given these events, when a rule decides or a fold folds, then this: tests that read as sentences.

Each step knows only the next, so a type checker refuses any other order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from storyline._async.client import AsyncEventClient
from storyline._async.projections import AsyncProjection
from storyline._async.validators import AsyncValidator
from storyline.errors import RefusedError
from storyline.events import Event, State
from storyline.story import Story
from storyline.testing._async.clients import AsyncInMemoryEventClient
from storyline.testing.telling import Became, Refused, Saved, Told

P = ParamSpec("P")
N = TypeVar("N", bound=Event)
S = TypeVar("S", bound=State)


def async_given(where: Story | AsyncEventClient, events: Sequence[Event] = ()) -> AsyncGiven:
    """A log in memory for a story; with a client, that client's log. The events are saved there."""
    client = AsyncInMemoryEventClient(where) if isinstance(where, Story) else where
    return AsyncGiven(client, tuple(events))


@dataclass(frozen=True)
class AsyncGiven:
    client: AsyncEventClient
    events: tuple[Event, ...]

    def when(
        self,
        validator: Callable[Concatenate[AsyncEventClient, P], AsyncValidator[Any, N]],
        *arguments: P.args,
        **key: P.kwargs,
    ) -> AsyncWhen[N]:
        """The validator, and what it is constructed with besides the client."""
        told = Told(self.events, _name(validator), key)
        return AsyncWhen(self, told, lambda: validator(self.client, *arguments, **key))

    def folded_by(
        self,
        projection: Callable[Concatenate[AsyncEventClient, P], AsyncProjection[S, Any]],
        *arguments: P.args,
        **key: P.kwargs,
    ) -> AsyncFolded[S]:
        """The projection, and what it is constructed with besides the client."""
        told = Told(self.events, _name(projection), key)
        return AsyncFolded(self, told, lambda: projection(self.client, *arguments, **key))

    async def happen(self) -> None:
        if self.events:
            await self.client.save_events(self.events)


@dataclass(frozen=True)
class AsyncWhen(Generic[N]):
    given: AsyncGiven
    told: Told
    validator: Callable[[], AsyncValidator[Any, N]]

    def applies(self, *events: N) -> AsyncOutcome[N]:
        return AsyncOutcome(self, events)


@dataclass(frozen=True)
class AsyncOutcome(Generic[N]):
    when: AsyncWhen[N]
    applied: tuple[N, ...]

    async def then(self, *expected: N) -> None:
        """These are saved, in this order."""
        self._told.require(Saved(expected), await self._found())

    async def then_refused(self, reason: str) -> None:
        """Nothing is saved, for this reason: by default, the first line of the rule's `doc`."""
        self._told.require(Refused(reason), await self._found())

    async def _found(self) -> Saved | Refused:
        await self.when.given.happen()
        try:
            recorded = await self.when.validator().apply(self.applied).save()
        except RefusedError as error:
            return Refused(error.reason)
        return Saved(tuple(each.data for each in recorded))

    @property
    def _told(self) -> Told:
        return self.when.told._replace(applied=self.applied)


@dataclass(frozen=True)
class AsyncFolded(Generic[S]):
    given: AsyncGiven
    told: Told
    projection: Callable[[], AsyncProjection[S, Any]]

    async def then(self, expected: S) -> None:
        """This is the state."""
        await self.given.happen()
        state = await self.projection().state()
        self.told.require(Became(expected), Became(state))


def _name(callable: Callable[..., object]) -> str:
    return getattr(callable, "__name__", repr(callable))
