"""Recorded events, and those supposed to follow them, as one history. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

from storyline.events import Event, Recorded
from storyline.metadata import NO_METADATA

E = TypeVar("E", bound=Event)
E_co = TypeVar("E_co", bound=Event, covariant=True)
N = TypeVar("N", bound=Event)


class Applied(NamedTuple, Generic[E_co]):
    """An event that is supposed to have happened, but is not recorded."""

    event: E_co
    at: datetime


class Seen(NamedTuple):
    """The last event of the log that somebody knows, whether it matched or not.

    Its moment tells it from one that got its id after a crash. None: nobody asks.
    """

    id: int = 0
    at: datetime | None = None

    @classmethod
    def of(cls, event: Recorded[Any]) -> Seen:
        return cls(event.id, event.created_at)


NOTHING = Seen()


@dataclass(frozen=True)
class History(Generic[E]):
    """What a query found, oldest first, and how far the log had got."""

    events: tuple[Recorded[E], ...]
    seen: Seen

    @property
    def latest_event_id(self) -> int:
        """Everything up to here has been seen, whether it matched or not."""
        return self.seen.id

    @property
    def latest_event_at(self) -> datetime | None:
        """When that event was recorded: a crash may give its id to another. None: no event."""
        return self.seen.at

    def followed_by(self, newer: Sequence[Recorded[Any]], seen: Seen | None = None) -> History[E]:
        """With all newer events of the query, up to the last one that was seen, if not the last."""
        return History((*self.events, *newer), seen or Seen.of(newer[-1]))

    def with_applied(self, applied: Iterable[Applied[N]]) -> Iterator[Recorded[E | N]]:
        """Applied events come last, under the ids that they would get now."""
        yield from self.events
        for id, (event, at) in enumerate(applied, self.seen.id + 1):
            yield Recorded(id, event.__type__, event, at, NO_METADATA)


def supposed(events: N | Sequence[N], at: datetime) -> tuple[Applied[N], ...]:
    several = (events,) if isinstance(events, Event) else events
    return tuple(Applied(event, at) for event in several)
