"""Rows, as the statements return them → recorded events, outcomes and saved projections. Pure."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeAlias, TypeVar, cast

from pydantic import ValidationError

from storyline.commands import KnownCommand
from storyline.errors import LostEventError, UnknownEventError, UnreadableEventError
from storyline.events import Event, Recorded, State, read_json
from storyline.exact import exact_json, json_text
from storyline.folds import History, Seen
from storyline.metadata import NO_METADATA, Metadata
from storyline.past import READING
from storyline.projections import SavedProjection
from storyline.queries import Query
from storyline.story import Story
from storyline.upcasting import upcast

if TYPE_CHECKING:
    from storyline.story import Reader

E = TypeVar("E", bound=Event)
S = TypeVar("S", bound=State)
Row: TypeAlias = tuple[Any, ...]
OnUnreadable: TypeAlias = Callable[[UnreadableEventError], object]


def recorded_events(story: Story, rows: Iterable[Row]) -> tuple[Recorded[Any], ...]:
    """Raises `UnreadableEventError` for the first event that does not fit its class."""
    with collector_paused():
        return tuple([recorded_event(story, row) for row in rows])


class Page(NamedTuple, Generic[E]):
    """`end`: the last event that was found, whether it could be read or not. None: none was."""

    events: tuple[Recorded[E], ...]
    end: Seen | None


def page(story: Story, rows: Sequence[Row], on_unreadable: OnUnreadable | None) -> Page[Any]:
    """Without the events that cannot be read, where somebody wants to be told of them instead."""
    end = Seen(rows[-1][0], _utc(rows[-1][-1])) if rows else None
    if on_unreadable is None:
        return Page(recorded_events(story, rows), end)
    return Page(tuple(_readable(story, rows, on_unreadable)), end)


def _readable(
    story: Story, rows: Iterable[Row], on_unreadable: OnUnreadable
) -> Iterator[Recorded[Any]]:
    for row in rows:
        try:
            yield recorded_event(story, row)
        except UnreadableEventError as error:
            on_unreadable(error)


class collector_paused:  # noqa: N801 - read as a function
    """While thousands of objects are made that all stay: looking for garbage would take as long.

    Where threads overlap, the collector may come back early; it never stays away.
    """

    def __enter__(self) -> None:
        self._is_enabled = gc.isenabled()
        gc.disable()

    def __exit__(self, *error: object) -> None:
        if self._is_enabled:
            gc.enable()


def continued(rows: Sequence[Row], seen: Seen) -> Sequence[Row]:
    """Without the row that shows that the log still has the event after which was read.

    Raises `LostEventError` if it has not.
    """
    if seen.at is None:
        return rows
    newer = [row for row in rows if row[0] != seen.id]
    if len(newer) == len(rows):
        raise LostEventError(*seen)
    return newer


def recorded_event(story: Story, row: Row) -> Recorded[Any]:
    """As `read_json` reads, spelled out: each call more costs a tenth of reading a small event.

    Most events have no metadata: they share what is empty.
    """
    id, type, version, data, metadata, created_at = row
    name, today, validate = story.readers.get(type) or _reader(story, id, type)
    if version != today:
        data = _upcast(story, name, today, row)
    try:
        event = validate(data, extra="ignore", by_alias=True, by_name=False, context=READING)
    except ValidationError as error:
        raise _unreadable(id, type, error) from error
    moment = datetime.combine(created_at, created_at.time(), UTC)  # a seventh of `replace`
    others = NO_METADATA if metadata == "{}" else Metadata(json.loads(metadata))
    return _made(Recorded, (id, name, event, moment, others))


_made: Callable[[type[Recorded[Any]], Row], Recorded[Any]] = cast("Any", tuple).__new__
"""What the class itself calls in the end."""


def _reader(story: Story, id: int, type: str) -> Reader:
    """For the first row of each type."""
    try:
        return story.reader(type)
    except UnknownEventError as error:
        reason = f"story `{story.name}` has no such event"
        raise UnreadableEventError(id, type, "", reason) from error


def _upcast(story: Story, name: str, today: int, row: Row) -> str:
    """The data as today's code would have stored it."""
    id, type, version, data, *_ = row
    try:
        upcasts = story.upcasts_of(name)
        return json_text(upcast(upcasts, version, today, exact_json(data)))
    except Exception as error:  # code of the user may raise anything
        raise UnreadableEventError(id, type, "", str(error) or repr(error)) from error


def history(story: Story, rows: Sequence[Row], after: Seen) -> History[Any]:
    """The last row is the head's."""
    *found, (next_id, *_, recorded_at) = rows
    events = recorded_events(story, continued(found, after))
    return History(events, Seen(next_id - 1, _utc(recorded_at)))


class Appended(NamedTuple):
    last_id: int
    recorded_at: datetime

    def recorded(self, events: Sequence[E], metadata: Metadata) -> tuple[Recorded[E], ...]:
        """The events with the ids that they got: one after the other, up to the last."""
        first_id = self.last_id - len(events) + 1
        with collector_paused():
            return tuple(
                [
                    Recorded(id, event.__type__, event, self.recorded_at, metadata)
                    for id, event in enumerate(events, first_id)
                ]
            )


class Contested(NamedTuple):
    """Nothing was appended. Up to `checked` only the candidates can match."""

    checked: Seen
    candidates: Sequence[Mapping[str, Any]]

    def conflicts(self, story: Story, query: Query[E]) -> tuple[Recorded[E], ...]:
        """The candidates that match exactly."""
        return recorded_events(
            story,
            (
                _row(candidate)
                for candidate in self.candidates
                if query.matches_stored(candidate["type"], candidate["data"])
            ),
        )


class Unchecked(NamedTuple):
    """Nothing was appended: there is too much that is newer, up to `checked`, to look through."""

    checked: Seen


class Lost(NamedTuple):
    """Nothing was appended: the log does not have the event after which it was to come."""


Outcome: TypeAlias = Appended | Contested | Unchecked | Lost | KnownCommand


def outcome(row: Row) -> Outcome:
    last_id, recorded_at, refusal = row
    if last_id is not None:
        return Appended(last_id, recorded_at.astimezone(UTC))
    match exact_json(refusal):
        case {"known": known}:
            return KnownCommand(**known)
        case {"checked_id": checked_id, "conflicts": conflicts}:
            return Contested(Seen(checked_id, recorded_at.astimezone(UTC)), conflicts)
        case {"checked_id": checked_id}:
            return Unchecked(Seen(checked_id, recorded_at.astimezone(UTC)))
        case _:
            return Lost()


def saved_projection(state_class: type[S], row: Row) -> SavedProjection[S]:
    type, id, version, latest_event_id, data = row
    return SavedProjection(type, id, version, latest_event_id, read_json(state_class, data))


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)


def _row(candidate: Mapping[str, Any]) -> Row:
    return (
        candidate["id"],
        candidate["type"],
        candidate["version"],
        json_text(candidate["data"]),
        json_text(candidate["metadata"]),
        datetime.fromisoformat(candidate["created_at"]),
    )


def _unreadable(id: int, type: str, error: ValidationError) -> UnreadableEventError:
    """The first mistake stands for all: it names the field that a person will look at."""
    first = error.errors(include_url=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    return UnreadableEventError(id, type, field, first["msg"])
