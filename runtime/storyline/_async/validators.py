"""Decide on what has happened, append if that is still all: the bases of generated validators."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import suppress
from inspect import getdoc
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, get_args
from uuid import UUID

from pydantic import JsonValue

from storyline._async.readers import AsyncReader
from storyline.backoff import Backoff
from storyline.errors import ConflictError, LostEventError, NotEmittedError, RefusedError
from storyline.events import Event, Recorded
from storyline.folds import Applied, History
from storyline.pauses import async_pause
from storyline.queries import Query, either
from storyline.telemetry import decision

if TYPE_CHECKING:
    from storyline._async.client import AsyncEventClient

E = TypeVar("E", bound=Event)
N = TypeVar("N", bound=Event)


def _emitted(validator: type) -> frozenset[type]:
    """The classes of its second type argument. Empty, where that is a variable, or any event."""
    for base in vars(validator).get("__orig_bases__", ()):
        for emits in get_args(base)[1:]:
            classes = get_args(emits) or (emits,)
            if all(hasattr(each, "__type__") for each in classes):
                return frozenset(classes)
    return frozenset()


class AsyncValidator(AsyncReader[E, N], ABC, Generic[E, N]):
    """A rule. `E`: the events that it reads; `N`: those that it may let happen.

    `apply` raises `NotEmittedError` for any other.
    """

    _emits: ClassVar[frozenset[type]] = frozenset()

    def __init_subclass__(cls, **arguments: Any) -> None:
        super().__init_subclass__(**arguments)
        cls._emits = _emitted(cls) or cls._emits

    def __init__(self, client: AsyncEventClient, query: Query[E]) -> None:
        super().__init__(client, query)
        self._saving = asyncio.Lock()

    def _supposed(self, events: N | Sequence[N]) -> tuple[Applied[N], ...]:
        applied = super()._supposed(events)
        if self._emits:
            for event, _ in applied:
                self._require_emitted(event)
        return applied

    def _require_emitted(self, event: object) -> None:
        """What is no event at all is refused when it is saved."""
        if type(event) not in self._emits and isinstance(event, Event):
            raise NotEmittedError(type(self).__name__, event.__type__)

    @abstractmethod
    async def is_valid(self) -> bool:
        """Whether the applied events may be saved. False refuses, and so does any exception."""

    async def save(
        self,
        *,
        retries: int = 0,
        backoff: Backoff | None = None,
        metadata: Mapping[str, JsonValue] | None = None,
        command_id: UUID | str | None = None,
    ) -> tuple[Recorded[N], ...]:
        """Decides, and saves the applied events if nothing has happened that it did not know.

        After a conflict it decides again, up to `retries` times, on what the conflict brought;
        then it raises `ConflictError`, and the events stay applied. So it does, on a new read, if a
        crash of the server took what it had read (`LostEventError`). It does so at once, or after a
        pause of the `backoff`. Raises `RefusedError` where `is_valid` is false. What was saved
        counts as recorded. Without applied events it does nothing. `metadata` and `command_id` as
        in `save_event`: a command that was done before is not refused for what it did itself.

        Of several tasks or threads that call it, one saves what is applied.
        """
        async with self._saving:
            return await self._save(retries, backoff, metadata, command_id)

    async def _save(
        self,
        retries: int,
        backoff: Backoff | None,
        metadata: Mapping[str, JsonValue] | None,
        command_id: UUID | str | None,
    ) -> tuple[Recorded[N], ...]:
        for attempt in range(retries):
            with suppress(ConflictError, LostEventError), decision(self, attempt):
                return await self._save_once(metadata, command_id)
            if backoff is not None:
                await async_pause(backoff.pause(attempt))
        with decision(self, retries):
            return await self._save_once(metadata, command_id)

    async def _save_once(
        self, metadata: Mapping[str, JsonValue] | None, command_id: UUID | str | None
    ) -> tuple[Recorded[N], ...]:
        history = await self._read_once()  # whatever the rule reads anew, all of it saw this
        events = self.applied_events
        if not events:
            return ()
        try:
            await self._decide()
        except Exception:
            recorded = await self._done_before(events, command_id)
            if recorded is None:
                raise
        else:
            recorded = await self._append(events, history, metadata, command_id)
        self._applied = self._applied[len(events) :]
        return recorded

    async def _decide(self) -> None:
        answer: object = await self.is_valid()
        if answer is False:
            raise RefusedError(_rule(self))
        if answer is not True:
            kind = type(self).__name__
            raise TypeError(f"`{kind}.is_valid` has to return a bool, and returned {answer!r}")

    async def _append(
        self,
        events: Sequence[N],
        history: History[E],
        metadata: Mapping[str, JsonValue] | None,
        command_id: UUID | str | None,
    ) -> tuple[Recorded[N], ...]:
        self._history = None  # after a failure nobody knows what is saved, nor what is lost
        try:
            recorded = await self._client.save_events_with_stream_validation(
                events,
                streams=[self._query],
                latest_event_id=history.latest_event_id,
                latest_event_at=history.latest_event_at,
                metadata=metadata,
                command_id=command_id,
            )
        except ConflictError as conflict:
            self._history = history.followed_by(conflict.events)
            raise
        if command_id is None:  # else these events may be older than what was read
            self._history, self._saved = history, recorded
        return recorded

    async def _done_before(
        self, events: Sequence[N], command_id: UUID | str | None
    ) -> tuple[Recorded[N], ...] | None:
        """A command may be refused because of what it has done itself; then it is read anew."""
        if command_id is None:
            return None
        self._history = None
        return await self._client.get_saved_before(events, command_id)


class AsyncSingleStreamValidator(AsyncValidator[E, N]):
    """A rule that depends on one stream or filter."""


class AsyncMultiStreamValidator(AsyncValidator[E, N]):
    """A rule that depends on several streams or filters, whose events it reads merged."""

    def __init__(self, client: AsyncEventClient, streams: Sequence[Query[E]]) -> None:
        super().__init__(client, either(streams))


def _rule(validator: object) -> str:
    """The rule in words is the first line of the schema's `doc`, which generated bases carry."""
    return (getdoc(type(validator)) or type(validator).__name__).partition("\n")[0]
