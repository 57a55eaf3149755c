"""A projection's state as it was after an event, and what each event had changed in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from storyline import EventClient, State
from storyline.events import write_json
from storyline.exact import exact_json, json_text
from storyline.folds import NOTHING
from storyline.projecting.shards import Projection
from storyline.projections import ProjectionFold
from storyline.questions import Slice
from storyline.rows import recorded_event
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


class Step(NamedTuple):
    event: StoredEvent
    changes: Sequence[Change]
    state: Any


def initial_state(projection: Projection, key: str) -> Any:
    """As JSON. Raises `UsageError` where the key is none."""
    return _written(_fold(projection, key).initial_state())


def steps(client: EventClient, projection: Projection, key: str, event_id: int) -> Iterator[Step]:
    """Of every event of the state, in order. Raises `UsageError` where one cannot be folded."""
    fold = _fold(projection, key)
    state: State = fold.initial_state()
    before = _written(state)
    statement = event_stream(
        client.story, projection.query_of(key), Slice(NOTHING, up_to_id=event_id)
    )
    for row in client.log.fetch(statement):
        try:
            state = fold.next_state(state, recorded_event(client.story, row))
        except Exception as error:  # code of the user may raise anything
            reason = shown(f"{type(error).__name__}: {error}")
            raise UsageError(f"Event {row[0]} cannot be folded: {reason}") from error
        after = _written(state)
        yield Step(StoredEvent(*row), tuple(changes(before, after)), after)
        before = after


def _fold(projection: Projection, key: str) -> ProjectionFold[Any, Any]:
    try:
        return projection.for_id(key)
    except (ValueError, TypeError) as error:
        kind = projection.projection_type
        raise UsageError(f"`{shown(key)}` is no key of `{kind}`: {error}.") from error


def _written(state: State) -> Any:
    return exact_json(write_json(state))


def step_json(step: Step) -> str:
    """The event with its `changes`, in one line."""
    told = json_text([change.as_json for change in step.changes])
    return f'{json_line(step.event)[:-1]}, "changes": {safe_json(told)}}}'


def state_json(event_id: int, state: Any) -> str:
    return safe_json(json_text({"as_of": event_id, "state": state}))


def state_lines(state: Any, look: Look) -> Iterator[str]:
    """A line for each field, and for each element of a list."""
    paint = look.paint
    for key, value in state.items():
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
    for change in step.changes:
        path = shown(change.path)
        if change.removes:
            line = cut(f"{INDENT}- {path}: {shown_value(change.before)}", look.width)
            yield f"{paint.removed}{line}{paint.reset}"
        if change.adds:
            line = cut(f"{INDENT}+ {path}: {shown_value(change.after)}", look.width)
            yield f"{paint.added}{line}{paint.reset}"
    if not step.changes:
        yield f"{INDENT}{paint.dim}changes nothing{paint.reset}"
