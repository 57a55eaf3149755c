"""A projection's events and saved state → its state now: the bases of generated projections."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Generic, TypeVar
from uuid import UUID

from pydantic import JsonValue

from storyline._async.readers import AsyncReader
from storyline.errors import ProjectionError
from storyline.events import Event, State
from storyline.folds import History
from storyline.projections import ProjectionFold, SavedProjection
from storyline.queries import Query, either

if TYPE_CHECKING:
    from storyline._async.client import AsyncEventClient

S = TypeVar("S", bound=State)
E = TypeVar("E", bound=Event)


class AsyncProjection(AsyncReader[E, E], ProjectionFold[S, E], Generic[S, E]):
    """Reads only events that it handles; with `load_existing`, only those after the saved state."""

    def __init__(
        self,
        client: AsyncEventClient,
        query: Query[E],
        *,
        id: str | int | UUID,
        load_existing: bool = False,
    ) -> None:
        super().__init__(client, query.only(*self.handlers))
        self._id = self.id_of(id)
        self._load_existing = load_existing
        self._existing: SavedProjection[S] | None = None

    async def state(self) -> S:
        """After all recorded events, and then the applied ones."""
        history = await self._read_once()
        return self.fold(history.with_applied(self._applied), self._existing_state)

    async def as_json(self) -> dict[str, JsonValue]:
        """The state as it would be saved."""
        state = await self.state()
        return state.model_dump(mode="json", by_alias=True, exclude_none=True)

    async def get_existing_state(self) -> S | None:
        """The saved state, if it was to be loaded and is of this version."""
        await self._read_once()
        return self._existing_state

    async def save(self) -> bool:
        """Saves the state after the recorded events. False: a newer one is saved already.

        Raises `ProjectionError` if there are applied events, or no events at all.
        """
        history = await self._read_once()
        latest_event_id = self._latest_event_id(history)
        if self._applied or not latest_event_id:
            raise ProjectionError(self.projection_type, self._id, len(self._applied))
        state = self.fold(history.events, self._existing_state)
        return await self._client.save_projection(
            SavedProjection(self.projection_type, self._id, self.version, latest_event_id, state)
        )

    async def _read(self) -> History[E]:
        self._existing, after_id = None, 0
        if self._load_existing:
            self._existing, after_id = await self._client.get_resumption(
                self.projection_type, self._id, self.typed_state_class, version=self.version
            )
        return await self._client.get_history(self._query, after_id=after_id)

    def _latest_event_id(self, history: History[E]) -> int:
        """0 where nothing has happened."""
        if history.events:
            return history.events[-1].id
        return self._existing.latest_event_id if self._existing else 0

    @property
    def _existing_state(self) -> S | None:
        """A copy: a fold that changes it in place, as it should not, would be applied twice."""
        return self._existing.state.model_copy(deep=True) if self._existing else None


class AsyncSingleStreamProjection(AsyncProjection[S, E]):
    """A projection of one stream or filter."""


class AsyncMultiStreamProjection(AsyncProjection[S, E]):
    """A projection of several streams and filters, whose events it reads merged."""

    def __init__(
        self,
        client: AsyncEventClient,
        streams: Sequence[Query[E]],
        *,
        id: str | int | UUID,
        load_existing: bool = False,
    ) -> None:
        super().__init__(client, either(streams), id=id, load_existing=load_existing)
