"""Decide on what has happened, append if that is still all: the bases of generated validators."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from inspect import getdoc
from typing import TYPE_CHECKING, Generic, TypeVar

from storyline._async.readers import AsyncReader
from storyline.errors import ConflictError, LostEventError, RefusedError
from storyline.events import Event, Recorded
from storyline.folds import History, Seen
from storyline.queries import Query, either

if TYPE_CHECKING:
    from storyline._async.client import AsyncEventClient

E = TypeVar("E", bound=Event)
N = TypeVar("N", bound=Event)


class AsyncValidator(AsyncReader[E, N], ABC, Generic[E, N]):
    """A rule. `E`: the events that it reads; `N`: those that it may let happen."""

    @abstractmethod
    async def is_valid(self) -> bool:
        """Whether the applied events may be saved. False refuses, and so does any exception."""

    async def save(self, *, retries: int = 0) -> tuple[Recorded[N], ...]:
        """Decides, and saves the applied events if nothing has happened that it did not know.

        After a conflict it decides again, up to `retries` times, on what the conflict brought;
        then it raises `ConflictError`, and the events stay applied. So it does, on a new read, if a
        crash of the server took what it had read (`LostEventError`). Raises `RefusedError` where
        `is_valid` is false. What was saved counts as recorded. Without applied events it does
        nothing.
        """
        for _ in range(retries):
            with suppress(ConflictError, LostEventError):
                return await self._save_once()
        return await self._save_once()

    async def _save_once(self) -> tuple[Recorded[N], ...]:
        await self._read_once()
        events = self.applied_events
        if not events:
            return ()
        if not await self.is_valid():
            raise RefusedError(_rule(self))
        return await self._append(events, await self._read_once())

    async def _append(self, events: Sequence[N], history: History[E]) -> tuple[Recorded[N], ...]:
        try:
            recorded = await self._client.save_events_with_stream_validation(
                events,
                streams=[self._query],
                latest_event_id=history.latest_event_id,
                latest_event_at=history.latest_event_at,
            )
        except ConflictError as conflict:
            self._history = history.followed_by(conflict.events)
            raise
        except BaseException:
            self._history = None  # what was read may be gone, and what was saved is unknown
            raise
        self._history = history.followed_by(self._query.matching(recorded), Seen.of(recorded[-1]))
        self._applied = self._applied[len(events) :]
        return recorded


class AsyncSingleStreamValidator(AsyncValidator[E, N]):
    """A rule that depends on one stream or filter."""


class AsyncMultiStreamValidator(AsyncValidator[E, N]):
    """A rule that depends on several streams or filters, whose events it reads merged."""

    def __init__(self, client: AsyncEventClient, streams: Sequence[Query[E]]) -> None:
        super().__init__(client, either(streams))


def _rule(validator: object) -> str:
    """The rule in words is the first line of the schema's `doc`, which generated bases carry."""
    return (getdoc(type(validator)) or type(validator).__name__).partition("\n")[0]
