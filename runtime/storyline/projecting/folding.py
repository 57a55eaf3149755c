"""A batch of rows → the states after it, and what failed: where a rebuild spends its time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

from storyline.errors import StorylineError, UnwritableError
from storyline.events import Recorded, State, read_json, write_json
from storyline.poison import Park
from storyline.projecting.shards import Build, Fault, Projection, Shard, shard_of
from storyline.projecting.states import Held, Parked, StateKey, States
from storyline.projections import ProjectionFold
from storyline.queries import Query
from storyline.rows import Row, recorded_event, saved_projection
from storyline.story import Story

_EVENT_COLUMNS = 6
_LONGEST_REASON = 500
_LONGEST_ID = 2000
"""Bytes. An index takes few more."""


@dataclass(frozen=True, eq=False)
class Reading:
    """What one build asks of the log, for some of its shards. `states`: those in memory, by id."""

    build: Build
    projection: Projection
    shards: int
    held: frozenset[int]
    states: dict[str, Held]

    @property
    def query(self) -> Query[Any]:
        assert self.projection.reads is not None  # a projector refuses others
        return self.projection.reads

    @cached_property
    def holds_all(self) -> bool:
        return len(self.held) == self.shards

    def shard(self, id: str) -> Shard:
        return Shard(self.build, shard_of(id, self.shards))

    def states_of(self, found: str | Sequence[str] | None) -> Sequence[str]:
        """Of the states that an event touches, those of the held shards. None: it is not read."""
        if isinstance(found, str):
            return (found,) if self.holds_all or self._is_held(found) else ()
        return [id for id in found or () if self.holds_all or self._is_held(id)]

    def _is_held(self, id: str) -> bool:
        return shard_of(id, self.shards) in self.held


Touch: TypeAlias = tuple[Row, Reading, str]
"""An event touches a state of a build. Plain, as there is one for each event of a rebuild."""


def touches(rows: Sequence[Row], readings: Sequence[tuple[Reading, int]]) -> list[Touch]:
    """In the order of the log. Each reading comes with the place of its states' ids in a row."""
    wanted: dict[str, list[tuple[Reading, int]]] = {}
    for reading, column in readings:
        for type in reading.projection.handlers:
            wanted.setdefault(type, []).append((reading, _EVENT_COLUMNS + column))
    return [
        (row, reading, id)
        for row in rows
        for reading, column in wanted.get(row[1], ())
        for id in reading.states_of(row[column])
    ]


def missing(touched: Iterable[Touch]) -> list[StateKey]:
    """States that have to be read before."""
    return list(
        dict.fromkeys((reading.build, id) for _, reading, id in touched if id not in reading.states)
    )


Step: TypeAlias = Callable[[Held, Recorded[Any]], State]


def plain_step(held: Held, event: Recorded[Any]) -> State:
    state: State = held.fold.next_state(held.state, event)
    return state


def careful_step(held: Held, event: Recorded[Any]) -> State:
    """Finds the event after which a state cannot be written: fields of a copy are not validated.

    A fold that fails leaves the state as it was, even if it has changed a list of it in place.
    """
    before = state_text(held.fold, held.state)
    try:
        state = plain_step(held, event)
        state_text(held.fold, state)
    except Exception:
        held.state = read_json(held.fold.typed_state_class, before)
        raise
    return state


def state_text(fold: ProjectionFold[Any, Any], state: State) -> str:
    """Raises `UnwritableError`, also where a handler has returned something else."""
    if not isinstance(state, fold.state_class):
        found, wanted = type(state).__name__, fold.state_class.__name__
        raise UnwritableError(
            fold.projection_type, f"a handler returned `{found}` in place of `{wanted}`"
        )
    return write_json(state)


@dataclass
class Failures:
    """Of one batch: events before which a state, or a whole shard, stands still."""

    parked: list[Parked] = field(default_factory=list[Parked])
    stopped: dict[Shard, Fault] = field(default_factory=dict[Shard, Fault])

    def __bool__(self) -> bool:
        return bool(self.parked or self.stopped)


def fold(
    story: Story,
    touched: Iterable[Touch],
    saved: Mapping[StateKey, Row],
    states: States,
    failures: Failures,
    *,
    step: Step = plain_step,
) -> None:
    """`saved`: rows of those states that are not held yet. After a failure all others go on."""
    last, event = None, None
    for row, reading, id in touched:
        if (states.parked or failures.stopped) and _is_held_up(reading, id, states, failures):
            continue
        if row is not last:
            last, event = row, None
        try:
            event = event or recorded_event(story, row[:_EVENT_COLUMNS])
            held = reading.states.get(id) or hold(reading, id, saved)
            if held.latest_event_id >= event.id:  # another state stopped the shard before it
                continue
            held.state = step(held, event)
        except Exception as error:  # code of the user may raise anything
            failed((row, reading, id), error, states, failures)
        else:
            held.latest_event_id = event.id
            if not held.is_dirty:
                states.changed(held)


def fold_again(
    story: Story, reading: Reading, held: Held, rows: Iterable[Row], states: States
) -> Parked | None:
    """What a parked state has missed; returns what is in the way now, where it stays parked."""
    key = reading.build, held.id
    shard = states.parked.pop(key)
    failures = Failures()
    touched = [(row, reading, held.id) for row in rows]
    fold(story, touched, {}, states, failures, step=careful_step)
    for fault in failures.stopped.values():  # of a class whose policy is another by now
        states.parked[key] = shard
        return Parked(shard, held.id, fault.event_id, fault.event_type, fault.error)
    return failures.parked[0] if failures.parked else None


def reason(error: Exception) -> str:
    """For the database, where the event is as well; a log gets no more than the class."""
    message = str(error)[:_LONGEST_REASON].replace("\0", "\ufffd")
    return message if isinstance(error, StorylineError) else f"{type(error).__name__}: {message}"


def hold(reading: Reading, id: str, saved: Mapping[StateKey, Row]) -> Held:
    """As it was saved; or as it is before the first event."""
    fold, row = reading.projection.for_id(id), saved.get((reading.build, id))
    if row is None:
        held = Held(reading.shard(id), id, fold, fold.initial_state(), 0)
    else:
        found = saved_projection(fold.state_class, row)
        held = Held(reading.shard(id), id, fold, found.state, found.latest_event_id)
    reading.states[id] = held
    return held


def _is_held_up(reading: Reading, id: str, states: States, failures: Failures) -> bool:
    return (reading.build, id) in states.parked or reading.shard(id) in failures.stopped


def failed(touch: Touch, error: Exception, states: States, failures: Failures) -> None:
    """What `on_error` says. A state whose id no index takes cannot be listed as parked either."""
    (event_id, type, *_), reading, id = touch
    shard = reading.shard(id)
    is_listable = len(id.encode()) <= _LONGEST_ID
    if isinstance(reading.projection.on_error, Park) and is_listable:
        failures.parked.append(Parked(shard, id, event_id, type, reason(error)))
        states.parked[reading.build, id] = shard
    else:
        failures.stopped[shard] = Fault(event_id, type, reason(error), 1, None)
