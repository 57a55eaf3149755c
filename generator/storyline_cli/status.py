"""`storyline projections status`: once, or again every second until Ctrl-C."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from shutil import get_terminal_size

from storyline import Administration, EventClient, StorylineError
from storyline.projecting.shards import Projection
from storyline.story import Story
from storyline_cli import FINDINGS, FINE, UsageError, wants_colour
from storyline_cli.application import known_projections
from storyline_cli.shown_events import cut, shown
from storyline_cli.status_table import COLOURED, PLAIN, StoryStatus, as_json, table

_PAUSE = 1.0


def show_status(
    stories: Sequence[Story],
    projections: Sequence[Projection],
    dsn: str,
    arguments: argparse.Namespace,
) -> int:
    """The exit code tells whether something stands still, or nobody is at it."""
    if arguments.format not in ("text", "json"):
        raise UsageError("The status of projections comes with `--format text` or `json`.")
    is_live = sys.stdout.isatty() and not arguments.once and arguments.format == "text"
    with ExitStack() as stack:
        clients = [stack.enter_context(EventClient(story, dsn)) for story in stories]
        found = _look_up(clients, projections)
        if is_live:
            _follow(clients, projections, found, arguments)
        elif arguments.format == "json":
            print(as_json(found))
        else:
            print("\n".join(_lines(found, arguments)))
    return FINDINGS if any(each.needs_attention for each in found) and not is_live else FINE


def _follow(
    clients: Sequence[EventClient],
    projections: Sequence[Projection],
    found: Sequence[StoryStatus],
    arguments: argparse.Namespace,
) -> None:
    """Each time in the place of the last, also while the database is away."""
    drawn, trouble = 0, ""
    try:
        while True:
            lines = _fitting([*_lines(found, arguments), *([trouble] if trouble else ())])
            up = f"\033[{drawn - 1}A" if drawn > 1 else ""
            print(f"{up}\r\033[J" + "\n".join(lines), end="", flush=True)
            drawn = len(lines)
            time.sleep(_PAUSE)
            try:
                found, trouble = _look_up(clients, projections), ""
            except StorylineError as error:
                trouble = cut(shown(f"  As of a while ago: {error}"), get_terminal_size().columns)
    except KeyboardInterrupt:
        print(flush=True)


def _fitting(lines: Sequence[str]) -> Sequence[str]:
    """No more than the screen holds."""
    room = max(get_terminal_size().lines - 1, 1)
    if len(lines) <= room:
        return lines
    hidden = len(lines) - room + 1
    more = cut(f"  … and {hidden} more lines: see `--once`", get_terminal_size().columns)
    return [*lines[: room - 1], more]


def _lines(found: Sequence[StoryStatus], arguments: argparse.Namespace) -> list[str]:
    colours = COLOURED if wants_colour(arguments) else PLAIN
    width = get_terminal_size().columns if os.isatty(1) else None
    lines = list(table(found, colours, width))
    return lines or ["There are neither projections nor subscriptions."]


def _look_up(
    clients: Sequence[EventClient], projections: Sequence[Projection]
) -> list[StoryStatus]:
    return [_of_story(client, projections) for client in clients]


def _of_story(client: EventClient, projections: Sequence[Projection]) -> StoryStatus:
    found = Administration(client).statuses()
    there = {(each.type, each.version) for each in found}
    ours = _kinds(client, projections)
    missing = [f"{type} v{version}" for type, version in ours if (type, version) not in there]
    known = _kinds(client, known_projections(projections))
    return StoryStatus(client.story.name, found, missing, known)


def _kinds(client: EventClient, projections: Sequence[Projection]) -> list[tuple[str, int]]:
    of_story = (each for each in projections if each.story is client.story)
    return [(each.projection_type, each.version) for each in of_story]
