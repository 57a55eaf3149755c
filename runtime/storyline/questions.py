"""What a client asks of a log, as values: `asking` says each in SQL, `testing` answers from memory.

Whatever is decided before the question and after the answer is decided in the client, for both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar
from uuid import UUID

from pydantic import JsonValue

from storyline.commands import Command, command
from storyline.errors import NothingToSaveError, OutOfRangeError
from storyline.events import Event, write_lines, write_metadata
from storyline.folds import NOTHING, Seen
from storyline.metadata import Metadata
from storyline.projections import SavedProjection
from storyline.queries import Query
from storyline.state_queries import StateOrder, StateQuery
from storyline.story import Story

E = TypeVar("E", bound=Event)
E_co = TypeVar("E_co", bound=Event, covariant=True)


class Slice(NamedTuple):
    """Which of the matching events: those with ids in `(after.id, up_to_id]`, or some of them."""

    after: Seen = NOTHING
    up_to_id: int | None = None
    limit: int | None = None
    latest_first: bool = False

    @classmethod
    def of(
        cls, after: Seen, up_to_id: int | None, limit: int | None = None, latest_first: bool = False
    ) -> Slice:
        """Of numbers that a caller has given. Raises `OutOfRangeError`."""
        require_id("after_id", after.id)
        require_id("up_to_id", up_to_id)
        require_positive("limit", limit)
        return cls(after, up_to_id, limit, latest_first)

    @property
    def ends(self) -> tuple[int, ...]:
        return (self.after.id,) if self.up_to_id is None else (self.after.id, self.up_to_id)

    @property
    def shape(self) -> SliceShape:
        after, up_to_id, limit, latest_first = self
        return SliceShape(after.at is not None, up_to_id is not None, limit, latest_first)


class SliceShape(NamedTuple):
    """What decides on the text of a statement: not the ids, which are parameters."""

    is_after_known: bool
    has_end: bool
    limit: int | None
    latest_first: bool


class StatePage(NamedTuple):
    """Which of the states that are found, in which order."""

    order: StateOrder[Any] = StateOrder(None)
    limit: int | None = None
    after: SavedProjection[Any] | None = None


_MOST = 2**63 - 1
"""What PostgreSQL can count to."""


def require_id(name: str, value: int | None) -> None:
    """Raises `OutOfRangeError` for what is no event's id. 0 is before the first, None anywhere."""
    if value is not None and not 0 <= value <= _MOST:
        raise OutOfRangeError(name, value, 0, _MOST)


def require_positive(name: str, value: int | None) -> None:
    """Raises `OutOfRangeError`. None stands for no limit."""
    if value is not None and not 1 <= value <= _MOST:
        raise OutOfRangeError(name, value, 1, _MOST)


class Batch(NamedTuple):
    """New events as the database is told of them: of each a line in every text but the last."""

    types: str
    versions: str
    data: str
    metadata: str
    """Of all of them."""


class NewEvents(NamedTuple, Generic[E_co]):
    """Events that are to be appended together."""

    events: tuple[E_co, ...]
    metadata: Metadata
    command: Command | None
    batch: Batch


def new(
    story: Story, events: tuple[E, ...], metadata: Metadata, command_id: UUID | str | None
) -> NewEvents[E]:
    """Raises `NothingToSaveError`, and an error for each event that cannot be saved."""
    if not events:
        raise NothingToSaveError
    for one_of_each in dict(zip(map(type, events), events, strict=True)).values():
        story.require_event(one_of_each)
    wanted = None if command_id is None else command(command_id, events)
    sent = batch(events, metadata)
    return NewEvents(events, metadata.as_read(sent.metadata), wanted, sent)


def batch(events: Sequence[Event], metadata: Mapping[str, JsonValue]) -> Batch:
    """The data of an event is serialised once."""
    types = "\n".join([event.__type__ for event in events])
    versions = "\n".join([str(event.__version__) for event in events])
    return Batch(types, versions, write_lines(events), write_metadata(metadata))


class EventStream(NamedTuple):
    """Rows of events."""

    query: Query[Any]
    part: Slice


class CountEvents(NamedTuple):
    """One row with a number."""

    query: Query[Any]
    part: Slice


class HistoryOf(NamedTuple):
    """Rows of events, and last one of the head: its `id` is that of the log's next event."""

    query: Query[Any]
    after: Seen


class SaveEvents(NamedTuple):
    """One row: `rows.outcome`. `query`: what must not have happened after the event `after`."""

    new: NewEvents[Any]
    query: Query[Any] | None
    after: Seen


class CommandOf(NamedTuple):
    """A row that begins as a `KnownCommand`, if it was done. On disk when it is answered."""

    id: str


class SaveState(NamedTuple):
    """A row if it was written: not over a newer state, nor where a projector keeps it."""

    saved: SavedProjection[Any]


class UpdateState(NamedTuple):
    """A row if there was one to update, and no projector keeps it."""

    saved: SavedProjection[Any]
    older_only: bool


class StateOf(NamedTuple):
    """A row of a saved state, if it is of this version."""

    type: str
    version: int
    id: str


class ResumptionOf(NamedTuple):
    """One row: of a saved state, null without one; and after which id to read its events."""

    type: str
    version: int
    id: str


class FindStates(NamedTuple):
    """Rows of saved states."""

    type: str
    version: int
    where: StateQuery[Any]
    page: StatePage


class CountStates(NamedTuple):
    """One row with a number."""

    type: str
    version: int
    where: StateQuery[Any]


class IsBeingBuilt(NamedTuple):
    """A row if a projector keeps the projection, and has not yet built this version."""

    type: str
    version: int


Question: TypeAlias = (
    EventStream
    | CountEvents
    | HistoryOf
    | SaveEvents
    | CommandOf
    | SaveState
    | UpdateState
    | StateOf
    | ResumptionOf
    | FindStates
    | CountStates
    | IsBeingBuilt
)
