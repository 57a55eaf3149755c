# Made by runtime/make_sync.py; edit runtime/storyline/_async/states.py
"""Saved states of projections: written by hand, found, counted, and waited for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from time import monotonic
from typing import Any, TypeVar, cast
from uuid import UUID

from storyline import rows
from storyline._sync.logs import Log
from storyline.errors import ProjectionNotBuiltError
from storyline.events import State
from storyline.pauses import pause
from storyline.projecting import pace, waiting
from storyline.projections import ProjectionFold, SavedProjection
from storyline.questions import (
    CountStates,
    FindStates,
    IsBeingBuilt,
    Question,
    ResumptionOf,
    SaveState,
    StateOf,
    StatePage,
    UpdateState,
    require_positive,
)
from storyline.state_queries import StateOrder, StateQuery
from storyline.story import Story
from storyline.surroundings import UNWRITABLE, unwritable
from storyline.texts import stored_text

S = TypeVar("S", bound=State)


class States:
    """The half of a client that knows of no events."""

    story: Story
    log: Log

    def save_projection(self, saved: SavedProjection[Any]) -> bool:
        """False: a newer one is saved and stays, or a projector keeps this version's states."""
        return self._writes(SaveState(saved))

    def force_update_projection(self, saved: SavedProjection[Any]) -> bool:
        """Replaces the saved state, even by an older one. False: none was saved."""
        return self._writes(UpdateState(saved, older_only=False))

    def conditional_update_projection(self, saved: SavedProjection[Any]) -> bool:
        """Replaces an older saved state. False: none was saved, or one at least as new."""
        return self._writes(UpdateState(saved, older_only=True))

    def get_projection(
        self, type: str, id: str | int | UUID, state_class: type[S], *, version: int = 1
    ) -> SavedProjection[S] | None:
        """None, too, if the saved state is of another version."""
        found = self.log.answer(StateOf(type, version, stored_text("id", id)))
        return rows.saved_projection(state_class, found[0]) if found else None

    def get_resumption(
        self, type: str, id: str | int | UUID, state_class: type[S], *, version: int = 1
    ) -> tuple[SavedProjection[S] | None, int]:
        """The saved state, and the id after which its events are to be read.

        Where a projector keeps the state, that is as far as it has come, and not the state's own
        last event: so the rest is short, however long ago that was.
        """
        ((*row, after_id),) = self.log.answer(ResumptionOf(type, version, stored_text("id", id)))
        saved = None if row[0] is None else rows.saved_projection(state_class, tuple(row))
        return saved, after_id or 0

    def query_projections(
        self,
        projection: type[ProjectionFold[S, Any]],
        where: StateQuery[S] | None = None,
        *,
        order_by: StateOrder[S] | None = None,
        limit: int | None = None,
        after: SavedProjection[S] | None = None,
    ) -> Sequence[SavedProjection[S]]:
        """Saved states of the projection's version, by id if no other order is asked for.

        The next page comes after the last state of a page, whatever has been saved in between.
        Raises `ProjectionNotBuiltError` while a projector has not yet built them.
        """
        require_positive("limit", limit)
        if after is not None:
            stored_text("after", after.id)
        page = StatePage(order_by or StateOrder(None), limit, after)
        kind = projection.projection_type, projection.version
        question = FindStates(*kind, where or StateQuery(), page)
        found = self.log.answer(question) or self._found_if_built(question)
        state_class = cast("type[S]", projection.state_class)
        return tuple(rows.saved_projection(state_class, row) for row in found)

    def count_projections(
        self, projection: type[ProjectionFold[S, Any]], where: StateQuery[S] | None = None
    ) -> int:
        """How many saved states of the projection's version there are, of which all that holds.

        Raises `ProjectionNotBuiltError` while a projector has not yet built them.
        """
        kind = projection.projection_type, projection.version
        question = CountStates(*kind, where or StateQuery())
        ((count,),) = self.log.answer(question)
        if not count:
            ((count,),) = self._found_if_built(question)
        return int(count)

    def wait_for(
        self,
        projection: type[ProjectionFold[Any, Any]],
        event_id: int,
        *,
        key: str | int | UUID | date | None = None,
        timeout: float = 10.0,
    ) -> None:
        """Returns when readers see the event in the saved states, or, by `key`, in that one.

        Holds no connection in between. Raises `ProjectionBehindError` after `timeout` seconds, or
        `ProjectionNotRunError`, if no process is at it; and at once `ProjectionStoppedError` where
        the event, or one before it, cannot be folded, `ProjectionNotRunError`, where there never
        was a projector, or `ValueError` or `UnwritableError`, where the text cannot be a key.
        """
        wait = waiting.Wait(projection, event_id, timeout)
        statement = waiting.shard_progress(self.story, projection, event_id, key)
        end, seconds = monotonic() + timeout, 0.0
        while not wait.is_over(found := self.log.fetch(statement)):
            left = end - monotonic()
            if left <= 0:
                raise wait.failure(found)
            seconds = pace.next_wait(seconds)
            pause(min(seconds, left))

    def _found_if_built(self, question: FindStates | CountStates) -> Sequence[rows.Row]:
        """Nothing was found, which is the answer only if the states were built before it."""
        if self._finds(IsBeingBuilt(question.type, question.version)):
            raise ProjectionNotBuiltError(question.type, question.version)
        return self.log.answer(question)

    def _writes(self, question: SaveState | UpdateState) -> bool:
        stored_text("id", question.saved.id)
        try:
            return self._finds(question)
        except UNWRITABLE as error:
            raise unwritable([question.saved.type], error) from error

    def _finds(self, question: Question) -> bool:
        return bool(self.log.answer(question))
