"""`storyline tail`: follow the log of a story; or see how a projection's state came about."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator, Sequence
from shutil import get_terminal_size
from typing import Any

from storyline import EventClient, Query, StorylineError
from storyline.folds import Seen
from storyline.projecting.batches import head
from storyline.projecting.shards import Projection
from storyline.questions import Slice
from storyline.statements import event_stream
from storyline_cli import FINDINGS, FINE, UsageError, as_of, wants_colour
from storyline_cli.application import named, projections_of, story_named
from storyline_cli.asked_events import asked_events
from storyline_cli.database import chosen_dsn, told_to_the_user
from storyline_cli.numbers import counted
from storyline_cli.shown_events import (
    COLOURED,
    PLAIN,
    Look,
    StoredEvent,
    json_line,
    lines,
    shown,
)

PAGE = 1000
PAUSE = 0.2
FEW = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "words",
        nargs="*",
        metavar="filter",
        help="a stream or filter with its parameters (order_stream order_id=o1), or types of events"
        " (default: all); with --as-of: the key of the state",
    )
    parser.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="only events whose stored KEY is VALUE; may be repeated",
    )
    begin = parser.add_mutually_exclusive_group()
    begin.add_argument("--after", type=int, metavar="ID", help="begin after this event")
    begin.add_argument(
        "-n", type=int, metavar="N", help=f"begin with the N last events (default: {FEW})"
    )
    parser.add_argument("--once", action="store_true", help="show what is there, and end")
    parser.add_argument(
        "--as-of", type=int, metavar="ID", help="show a state as it was after this event"
    )
    parser.add_argument("--projection", metavar="NAME", help="whose state, with --as-of")
    parser.add_argument("--story", help="whose log, if the project has several")
    parser.add_argument("--dsn", help="the database; else DATABASE_URL, else the embedded server")


def run(arguments: argparse.Namespace) -> int:
    _require_sense(arguments)
    with told_to_the_user():
        dsn = chosen_dsn(arguments.dsn)
    try:
        return _as_of(arguments, dsn) if arguments.projection else _tail(arguments, dsn)
    except StorylineError as error:
        raise UsageError(str(error)) from error
    except KeyboardInterrupt:
        return FINE


def _require_sense(arguments: argparse.Namespace) -> None:
    if arguments.format not in ("text", "json"):
        raise UsageError("`storyline tail` shows events: `--format text` or `json`.")
    if (arguments.as_of is None) != (arguments.projection is None):
        raise UsageError("`--as-of ID` and `--projection NAME` go together.")
    if (arguments.n or 0) < 0 or (arguments.after or 0) < 0:
        raise UsageError("`-n` and `--after` are numbers of events, 0 or more.")


def _tail(arguments: argparse.Namespace, dsn: str) -> int:
    package = story_named(arguments.story)
    query = asked_events(package, arguments.words, arguments.where)
    with EventClient(package.story, dsn) as client:
        for event in _events(client, query, arguments):
            _show(event, arguments)
    return FINE


def _events(
    client: EventClient, query: Query[Any], arguments: argparse.Namespace
) -> Iterator[StoredEvent]:
    """What is there, and then what comes."""
    ((end,),) = client.log.fetch(head(client.story))
    if arguments.after is None:
        yield from _last(client, query, end, FEW if arguments.n is None else arguments.n)
        after = end
    else:
        after = arguments.after
    while True:
        while after < end:
            found = _between(client, query, after, end)
            yield from found
            after = found[-1].id if len(found) == PAGE else end
        if arguments.once:
            return
        time.sleep(PAUSE)
        ((end,),) = client.log.fetch(head(client.story))
        after = min(after, end)  # a crash of the server may have taken what was shown


def _last(client: EventClient, query: Query[Any], end: int, count: int) -> list[StoredEvent]:
    if count == 0:
        return []
    part = Slice(up_to_id=end, limit=count, latest_first=True)
    return [StoredEvent(*row) for row in reversed(_rows(client, query, part))]


def _between(client: EventClient, query: Query[Any], after: int, end: int) -> list[StoredEvent]:
    part = Slice(Seen(after), up_to_id=end, limit=PAGE)
    return [StoredEvent(*row) for row in _rows(client, query, part)]


def _rows(client: EventClient, query: Query[Any], part: Slice) -> Sequence[tuple[Any, ...]]:
    return client.log.fetch(event_stream(client.story, query, part))


def _show(event: StoredEvent, arguments: argparse.Namespace) -> None:
    if arguments.format == "json":
        print(json_line(event), flush=True)
    else:
        print("\n".join(lines(event, _look(arguments))), flush=True)


def _look(arguments: argparse.Namespace) -> Look:
    """As wide as the terminal is now."""
    width = get_terminal_size().columns if os.isatty(1) else None
    return Look(COLOURED if wants_colour(arguments) else PLAIN, width)


def _as_of(arguments: argparse.Namespace, dsn: str) -> int:
    """The last events that touched the state, with what they changed; and then the state."""
    projection = named(projections_of(None), arguments.projection)
    key = " ".join(arguments.words)
    with EventClient(projection.story, dsn) as client:
        history = as_of.history(
            client,
            as_of.Asked(projection, key, arguments.as_of),
            after_id=arguments.after or 0,
            limit=FEW if arguments.n is None else arguments.n,
        )
    if arguments.format == "json":
        print("\n".join(map(as_of.step_json, history.last)), end="\n" if history.last else "")
        print(as_of.state_json(arguments.as_of, history.state))
    else:
        _show_history(projection, key, history, arguments)
    return FINDINGS if history.left_out else FINE


def _show_history(
    projection: Projection, key: str, history: as_of.History, arguments: argparse.Namespace
) -> None:
    look = _look(arguments)
    for step in history.last:
        print("\n".join(as_of.step_lines(step, look)))
    of = f"`{projection.projection_type}` {shown(key)}".rstrip()
    touched = counted(history.touched, "event") if history.touched else "no event"
    print(f"\n{of} after event {arguments.as_of}, touched by {touched}:")
    print("\n".join(as_of.state_lines(history.state, look)))
    if history.left_out:
        events = counted(history.left_out, "event")
        print(f"  Left out: {events} that could not be folded.")
    if arguments.as_of > history.head:
        print(f"  The log ends with event {history.head}.")
