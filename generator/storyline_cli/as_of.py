"""A projection's state as it was after an event, and what each event had changed in it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from storyline import EventClient, Query, State
from storyline.events import write_json
from storyline.exact import exact_json, json_text
from storyline.folds import NOTHING, Seen
from storyline.projecting.batches import head
from storyline.projecting.folding import reason
from storyline.projecting.shards import Projection
from storyline.projections import ProjectionFold
from storyline.questions import Slice
from storyline.rows import Row, recorded_event
from storyline.statements import event_stream
from storyline_cli import UsageError
from storyline_cli.shown_events import (
    INDENT,
    Look,
    StoredEvent,
    cut,
    json_line,
    lines,
    safe_json,
    shown,
    shown_value,
)
from storyline_cli.state_changes import Change, changes

PAGE = 5000
"""Events of a state that are in memory at once."""


class Asked(NamedTuple):
    """A state, and the event after which it is asked for."""

    projection: Projection
    key: str
    event_id: int


class History(NamedTuple):
    """The last steps, the state after them, and how many steps there were in all."""

    last: Sequence[Step]
    state: State
    touched: int
    left_out: int
    head: int


class Step(NamedTuple):
    """`failure`: why the event could not be folded; then it has changed nothing."""

    event: StoredEvent
    before: State
    after: State
    failure: str | None = None

    @property
    def changes(self) -> Sequence[Change]:
        return tuple(changes(written(self.before), written(self.after)))


def history(client: EventClient, asked: Asked, *, after_id: int, limit: int) -> History:
    """`last`: at most so many, of later events than that one. Raises `UsageError` for no key."""
    fold = _fold(asked.projection, asked.key)
    state: State = fold.initial_state()
    ((end,),) = client.log.fetch(head(client.story))
    last = deque[Step](maxlen=limit)
    touched = left_out = 0
    rows = _rows(client, asked.projection.query_of(asked.key), min(asked.event_id, end))
    for step in _steps(client, fold, state, rows):
        state = step.after
        touched += 1
        left_out += step.failure is not None
        if step.event.id > after_id:
            last.append(step)
    return History(last, state, touched, left_out, end)


def _steps(
    client: EventClient, fold: ProjectionFold[Any, Any], state: State, rows: Iterable[Row]
) -> Iterator[Step]:
    for row in rows:
        before, failure = state, None
        try:
            state = fold.next_state(state, recorded_event(client.story, row))
        except Exception as error:  # code of the user may raise anything
            failure = reason(error)
        yield Step(StoredEvent(*row), before, state, failure)


def _rows(client: EventClient, query: Query[Any], up_to_id: int) -> Iterator[Row]:
    seen = NOTHING
    while True:
        part = Slice(seen, up_to_id=up_to_id, limit=PAGE)
        page = client.log.fetch(event_stream(client.story, query, part))
        yield from page
        if len(page) < PAGE:
            return
        seen = Seen(page[-1][0])


def _fold(projection: Projection, key: str) -> ProjectionFold[Any, Any]:
    kind = projection.projection_type
    if projection.state_key is None and key:
        raise UsageError(f"`{kind}` has one state, and no key: leave out `{shown(key)}`.")
    if projection.state_key is not None and not key:
        raise UsageError(f"Which state of `{kind}`? Give its `{projection.state_key.name}`.")
    try:
        return projection.for_id(key)
    except (ValueError, TypeError) as error:
        raise UsageError(f"`{shown(key)}` is no key of `{kind}`: {error}.") from error


def written(state: State) -> Any:
    """As JSON."""
    return exact_json(write_json(state))


def step_json(step: Step) -> str:
    """The event with its `changes`, or the `error` that it met, in one line."""
    if step.failure is not None:
        told = f'"error": {json_text(step.failure)}'
    else:
        told = f'"changes": {json_text([change.as_json for change in step.changes])}'
    return f"{json_line(step.event)[:-1]}, {safe_json(told)}}}"


def state_json(event_id: int, state: State) -> str:
    return safe_json(json_text({"as_of": event_id, "state": written(state)}))


def state_lines(state: State, look: Look) -> Iterator[str]:
    """A line for each field, and for each element of a list."""
    paint = look.paint
    for key, value in written(state).items():
        name = f"  {paint.name}{shown(key)}{paint.reset}:"
        match value:
            case [_, *_]:
                yield name
                yield from (f"    - {shown_value(each)}" for each in value)
            case _:
                yield f"{name} {shown_value(value)}"


def step_lines(step: Step, look: Look) -> Iterator[str]:
    yield from lines(step.event, look)
    paint = look.paint
    if step.failure is not None:
        told = cut(f"{INDENT}! left out: {shown(step.failure)}", look.width)
        yield f"{paint.failed}{told}{paint.reset}"
        return
    found = step.changes
    for change in found:
        path = shown(change.path)
        if change.removes:
            line = cut(f"{INDENT}- {path}: {shown_value(change.before)}", look.width)
            yield f"{paint.removed}{line}{paint.reset}"
        if change.adds:
            line = cut(f"{INDENT}+ {path}: {shown_value(change.after)}", look.width)
            yield f"{paint.added}{line}{paint.reset}"
    if not found:
        yield f"{INDENT}{paint.dim}changes nothing{paint.reset}"
