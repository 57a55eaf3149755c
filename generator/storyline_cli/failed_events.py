"""`storyline projections parked`, `retry` and `skip`: events that could not be folded."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC
from shutil import get_terminal_size
from typing import Any

from storyline import Administration, EventClient
from storyline.projecting.administration import Failure
from storyline.projecting.shards import Projection
from storyline_cli import FINDINGS, FINE, UsageError, wants_colour
from storyline_cli.application import all_stories, named
from storyline_cli.numbers import counted
from storyline_cli.shown_events import COLOURED, INDENT, PLAIN, Look, cut, shown

_FATES = {"parked": "parked", "skipped": "skipped", "stopped": "stands still before it"}
_THINGS = {"parked": "state", "skipped": "state", "stopped": "shard"}


def show_failures(
    projections: Sequence[Projection], dsn: str, arguments: argparse.Namespace
) -> int:
    """The exit code tells whether anything waits for an order."""
    if arguments.format not in ("text", "json"):
        raise UsageError("What is parked is told with `--format text` or `json`.")
    with ExitStack() as stack:
        stories = all_stories(projections)
        clients = [stack.enter_context(EventClient(story, dsn)) for story in stories]
        found = {each.story.name: Administration(each).failures() for each in clients}
    if arguments.format == "json":
        print(_json(found))
    else:
        print("\n".join(_lines(found, _look(arguments))))
    is_waiting = any(each.fate != "skipped" for failures in found.values() for each in failures)
    return FINDINGS if is_waiting else FINE


def retry(projections: Sequence[Projection], dsn: str, arguments: argparse.Namespace) -> int:
    projection = named(projections, arguments.name)
    with EventClient(projection.story, dsn) as client:
        states, shards = Administration(client).retry(projection)
        if not states and not shards:
            print(f"Nothing of `{arguments.name}` is parked, and nothing stands still.")
            return FINE
        told = [counted(states, "parked state")] if states else []
        told += [counted(shards, "shard")] if shards else []
        print(f"Ordered: {' and '.join(told)} will be tried again.")
        _tell_if_nobody_obeys(client, projection)
    return FINE


def skip(projections: Sequence[Projection], dsn: str, arguments: argparse.Namespace) -> int:
    projection = named(projections, arguments.name)
    with EventClient(projection.story, dsn) as client:
        administration = Administration(client)
        states = administration.skip(projection, arguments.event_id)
        if not states:
            raise UsageError(_why_not(administration.failures(), projection, arguments.event_id))
        print(f"Ordered: {counted(states, 'state')} will go on without event {arguments.event_id}.")
        _tell_if_nobody_obeys(client, projection)
    return FINE


def _why_not(failures: Sequence[Failure], projection: Projection, event_id: int) -> str:
    name = projection.projection_type
    message = f"Event {event_id} is not parked in `{name}`"
    for each in failures:
        if (each.type, each.event_id, each.fate) == (name, event_id, "stopped"):
            return (
                f"{message}: whole shards stand still before it. Mend the fold, or give"
                f" `{projection.__name__}` `on_error = Park()`, run that, and skip the event then."
            )
    return f"{message}."


def _tell_if_nobody_obeys(client: EventClient, projection: Projection) -> None:
    if not Administration(client).is_run(projection):
        print("Nobody runs it at the moment: start `storyline projections run`.")


def _look(arguments: argparse.Namespace) -> Look:
    width = get_terminal_size().columns if sys.stdout.isatty() else None
    return Look(COLOURED if wants_colour(arguments) else PLAIN, width)


def _lines(found: Mapping[str, Sequence[Failure]], look: Look) -> Iterator[str]:
    """Under each event its error, and some of the states that it concerns."""
    if not any(found.values()):
        yield "Nothing is parked, and nothing stands still."
    for story, failures in found.items():
        if failures and len(found) > 1:
            yield f"{look.paint.name}{story}{look.paint.reset}"
        for each in failures:
            yield from _failure_lines(each, look)
    yield from _ways_forward([each for failures in found.values() for each in failures])


def _failure_lines(failure: Failure, look: Look) -> Iterator[str]:
    paint = look.paint
    build = f"{shown(failure.type)} v{failure.version}.{failure.build}"
    event = f"event {failure.event_id} {shown(failure.event_type)}".rstrip()
    colour = paint.dim if failure.fate == "skipped" else paint.failed
    yield f"{colour}{cut(f'{build}  {event}  {_FATES[failure.fate]}', look.width)}{paint.reset}"
    yield cut(f"{INDENT}{shown(failure.error)}", look.width)
    since = f"{failure.since.astimezone(UTC):%Y-%m-%d %H:%M:%SZ}"
    tried = f", tried {counted(failure.attempts, 'time')}" if failure.fate == "parked" else ""
    yield cut(f"{INDENT}since {since}{tried}", look.width)
    yield cut(f"{INDENT}{_concerned(failure)}", look.width)


def _concerned(failure: Failure) -> str:
    count = counted(failure.concerned, _THINGS[failure.fate])
    ids = ", ".join(f"`{shown(id)}`" for id in failure.ids if id)
    more = ", …" if ids and failure.concerned > len(failure.ids) else ""
    return f"{count}: {ids}{more}" if ids else count


def _ways_forward(failures: Sequence[Failure]) -> Iterator[str]:
    stuck = next((each for each in failures if each.fate != "skipped"), None)
    parked = next((each for each in failures if each.fate == "parked"), None)
    if stuck is not None:
        yield "With a mended fold running:"
        yield f"  storyline projections retry {shown(stuck.type)}"
    if parked is not None:
        yield "To let its states go on without an event:"
        yield f"  storyline projections skip {shown(parked.type)} {parked.event_id}"


def _json(found: Mapping[str, Sequence[Failure]]) -> str:
    stories = [
        {"story": story, "failures": [_as_json(each) for each in failures]}
        for story, failures in found.items()
    ]
    return json.dumps({"stories": stories}, indent=2)


def _as_json(failure: Failure) -> dict[str, Any]:
    told = failure._asdict()
    return {"name": told.pop("type"), **told, "since": failure.since.astimezone(UTC).isoformat()}
