"""Unrecorded events → the state that a projection makes of them. No client, no database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from storyline.events import Event, Recorded, State
from storyline.metadata import NO_METADATA
from storyline.projections import ProjectionFold

S = TypeVar("S", bound=State)

_FIRST_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)


def projected(
    projection: type[ProjectionFold[S, Any]], key: Mapping[str, object], events: Sequence[Event]
) -> S:
    """The state after the events. `key` holds what the projection is constructed with, by name.

    The events get the ids 1, 2, 3… and are recorded a second apart.
    """
    fold = projection.__new__(projection)  # not constructed: that would take a client
    vars(fold).update(key)
    return fold.fold(_recorded(events))


def _recorded(events: Sequence[Event]) -> Iterator[Recorded[Any]]:
    for id, event in enumerate(events, start=1):
        moment = _FIRST_MOMENT + timedelta(seconds=id)
        yield Recorded(id, event.__type__, event, moment, NO_METADATA)
