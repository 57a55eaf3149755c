"""Recorded events, and those supposed to follow them, as one history. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

from storyline.events import Event, Recorded

E = TypeVar("E", bound=Event)
E_co = TypeVar("E_co", bound=Event, covariant=True)
N = TypeVar("N", bound=Event)


class Applied(NamedTuple, Generic[E_co]):
    """An event that is supposed to have happened, but is not recorded."""

    event: E_co
    at: datetime


@dataclass(frozen=True)
class History(Generic[E]):
    """What a query found, oldest first, and the id that the log's next event was to get."""

    events: tuple[Recorded[E], ...]
    next_id: int

    @property
    def latest_event_id(self) -> int:
        """Everything up to here has been seen, whether it matched or not."""
        return self.next_id - 1

    def followed_by(
        self, newer: Sequence[Recorded[Any]], up_to_id: int | None = None
    ) -> History[E]:
        """With all newer events of the query, up to an id: that of the last one, if not given."""
        last_id = newer[-1].id if up_to_id is None else up_to_id
        return History((*self.events, *newer), last_id + 1)

    def with_applied(self, applied: Iterable[Applied[N]]) -> Iterator[Recorded[E | N]]:
        """Applied events come last, under the ids that they would get now."""
        yield from self.events
        for id, (event, at) in enumerate(applied, self.next_id):
            yield Recorded(id, event.__type__, event, at, {})


def supposed(events: N | Sequence[N], at: datetime) -> tuple[Applied[N], ...]:
    several = (events,) if isinstance(events, Event) else events
    return tuple(Applied(event, at) for event in several)
