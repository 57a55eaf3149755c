"""`storyline subscriptions`: where a subscription goes on, and whether it is remembered at all.

How they are is shown by `storyline projections status`.
"""

from __future__ import annotations

import argparse
import sys

from storyline import Administration, EventClient, StorylineError
from storyline.projecting.forgetting import Position
from storyline_cli import FINDINGS, FINE, UsageError
from storyline_cli.application import story_named
from storyline_cli.database import chosen_dsn, told_to_the_user
from storyline_cli.numbers import counted


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="action")
    move = actions.add_parser(
        "move", help="go on after another event; also while it is read, which then goes on there"
    )
    forget = actions.add_parser(
        "forget", help="delete the position: who subscribes under the name begins as a new one"
    )
    for action in (move, forget):
        action.add_argument("name", help="of the subscription")
    move.add_argument("event_id", type=int, help="what comes after this event is handed out next")
    move.add_argument(
        "--repeat-events", action="store_true", help="even if events are handed out again"
    )
    move.add_argument("--skip-events", action="store_true", help="even if some never are")
    forget.add_argument(
        "--delete-position", action="store_true", help="do it; else it is only said"
    )
    for action in (move, forget):
        action.add_argument("--story", help="whose log, if the project has several")
        action.add_argument(
            "--dsn", help="the database; else DATABASE_URL, else the embedded server"
        )


def run(arguments: argparse.Namespace) -> int:
    sys.path.insert(0, "")
    story = story_named(arguments.story).story
    with told_to_the_user():
        dsn = chosen_dsn(arguments.dsn)
    try:
        with EventClient(story, dsn) as client:
            administration = Administration(client)
            position = administration.position(arguments.name)
            act = _move if arguments.action == "move" else _forget
            return act(administration, position, arguments)
    except StorylineError as error:
        raise UsageError(str(error)) from error


def _move(administration: Administration, position: Position, arguments: argparse.Namespace) -> int:
    name, event_id = arguments.name, arguments.event_id
    if not 0 <= event_id <= position.head:
        raise UsageError(f"The log has events 1 to {position.head}; 0 is before the first.")
    again, left_out = max(position.last - event_id, 0), max(event_id - position.first, 0)
    missing = [
        flag
        for flag, events, is_said in (
            ("--repeat-events", again, arguments.repeat_events),
            ("--skip-events", left_out, arguments.skip_events),
        )
        if events and not is_said
    ]
    told = " and ".join(_consequences(again, left_out)) or "which is where it is"
    if missing:
        flags = "` and `".join(missing)
        print(f"`{name}` would go on after event {event_id}: {told}. Give `{flags}` to do it.")
        return FINDINGS
    administration.move(name, event_id)
    print(f"`{name}` goes on after event {event_id}: {told}.")
    return FINE


def _consequences(again: int, left_out: int) -> list[str]:
    """Of the log: how many of them are the subscription's, only its query knows."""
    told: list[str] = []
    if again:
        told.append(f"it meets {counted(again, 'event')} of the log again")
    if left_out:
        told.append(f"it leaves out {counted(left_out, 'event')} of the log")
    return told


def _forget(
    administration: Administration, position: Position, arguments: argparse.Namespace
) -> int:
    name = arguments.name
    if not arguments.delete_position:
        place = f"it is at event {position.first} of {position.head}"
        print(f"`{name}` would be forgotten: {place}. Give `--delete-position` to do it.")
        return FINDINGS
    administration.forget_subscription(name)
    print(f"`{name}` is forgotten. It was at event {position.first} of {position.head}.")
    return FINE
