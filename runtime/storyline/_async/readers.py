"""What validators and projections share: events, read once, with applied events on top."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import reduce
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, overload

from storyline.events import Event, Recorded
from storyline.folds import Applied, History, Seen, supposed
from storyline.queries import Query

if TYPE_CHECKING:
    from storyline._async.client import AsyncEventClient

E = TypeVar("E", bound=Event)
N = TypeVar("N", bound=Event)
T = TypeVar("T")
R = TypeVar("R")
"""The same as `T`, for mypy: it cannot infer `T` where a call is awaited and starts from `[]`."""


class AsyncReader(Generic[E, N]):
    """Reads when events are first needed, then not again before `refresh()`."""

    def __init__(self, client: AsyncEventClient, query: Query[E]) -> None:
        self._client = client
        self._query = query
        self._applied: tuple[Applied[N], ...] = ()
        self._history: History[E] | None = None
        self._saved: tuple[Recorded[N], ...] = ()
        self._reading = asyncio.Lock()

    def apply(self, events: N | Sequence[N]) -> Self:
        """Supposes that the events happened after all recorded ones; nothing is saved."""
        self._applied += self._supposed(events)
        return self

    def _supposed(self, events: N | Sequence[N]) -> tuple[Applied[N], ...]:
        return supposed(events, datetime.now(UTC))

    @property
    def applied_events(self) -> tuple[N, ...]:
        """What is supposed to have happened, in the order of `apply`."""
        return tuple(applied.event for applied in self._applied)

    @overload
    async def reduce_events(self, reducer: Callable[[T, Recorded[E | N]], T], initial: T) -> T: ...
    @overload
    async def reduce_events(self, reducer: Callable[[T, Recorded[E | N]], R], initial: T) -> R: ...
    async def reduce_events(
        self, reducer: Callable[[Any, Recorded[Any]], Any], initial: Any
    ) -> Any:
        """Folds the recorded events, oldest first, and then the applied ones."""
        history = await self._read_once()
        return reduce(reducer, history.with_applied(self._applied), initial)

    @overload
    async def reduce_only_db_events(
        self, reducer: Callable[[T, Recorded[E]], T], initial: T
    ) -> T: ...
    @overload
    async def reduce_only_db_events(
        self, reducer: Callable[[T, Recorded[E]], R], initial: T
    ) -> R: ...
    async def reduce_only_db_events(
        self, reducer: Callable[[Any, Recorded[Any]], Any], initial: Any
    ) -> Any:
        """Folds the recorded events alone."""
        return reduce(reducer, (await self._read_once()).events, initial)

    async def refresh(self) -> Self:
        """Reads again. Applied events stay applied."""
        self._history = None
        await self._read_once()
        return self

    async def _read_once(self) -> History[E]:
        async with self._reading:
            if self._history is None:
                self._history = await self._read()
            elif self._saved:
                matching = self._query.matching(self._saved)
                self._history = self._history.followed_by(matching, Seen.of(self._saved[-1]))
            self._saved = ()
            return self._history

    async def _read(self) -> History[E]:
        return await self._client.get_history(self._query)
