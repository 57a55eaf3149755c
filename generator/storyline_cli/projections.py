"""`storyline projections`: run what keeps states up to date, build anew, see to parked events.

Needs the runtime alone, as it runs where the application does.
"""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import threading
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from storyline import (
    Administration,
    EventClient,
    ProjectionStoppedError,
    Projector,
    Story,
    StorylineError,
    observe_projections,
)
from storyline.projecting import administration
from storyline.projecting.shards import Projection
from storyline_cli import FINDINGS, FINE, UsageError
from storyline_cli.application import all_stories, named, projections_of
from storyline_cli.database import chosen_dsn, told_to_the_user
from storyline_cli.failed_events import retry, show_failures, skip
from storyline_cli.kept_states import forget
from storyline_cli.progress import Progress
from storyline_cli.status import show_status


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="action")
    running = actions.add_parser("run", help="keep states up to date until Ctrl-C or SIGTERM")
    running.add_argument("of", nargs="?", help=_OF)
    rebuild = actions.add_parser(
        "rebuild", help="build the states anew, beside those in use; again: go on with it"
    )
    status = actions.add_parser(
        "status", help="show how far each is; 1 if one stands still, or nobody is at it"
    )
    status.add_argument(
        "--once", action="store_true", help="not again every second, as on a terminal"
    )
    status.add_argument("--no-color", action="store_true", default=argparse.SUPPRESS)
    parked = actions.add_parser(
        "parked", help="list events that could not be folded; 1 if states wait for an order"
    )
    retry = actions.add_parser("retry", help="fold parked events again, and go on where it stands")
    skip = actions.add_parser("skip", help="let parked states go on without an event")
    forget = actions.add_parser(
        "forget", help="delete the states of a projection, or of versions, that left the code"
    )
    for action in (rebuild, retry, skip, forget):
        action.add_argument("name", help="of the projection")
    skip.add_argument("event_id", type=int, help="of the event to leave out")
    forget.add_argument(
        "--delete-states", action="store_true", help="do it; else it is only said what would be"
    )
    for action in (status, parked):
        action.add_argument(
            "--format",
            choices=("text", "json"),
            default=argparse.SUPPRESS,
            help="json: for monitoring",
        )
    for action in (rebuild, status, parked, retry, skip, forget):
        action.add_argument("--of", help=_OF)
    for action in (running, rebuild, status, parked, retry, skip, forget):
        action.add_argument(
            "--dsn", help="the database; else DATABASE_URL, else the embedded server"
        )


_OF = "where the projections are (default: app.projections:PROJECTIONS, of the package's folder)"


def run(arguments: argparse.Namespace) -> int:
    sys.path.insert(0, "")
    projections = projections_of(arguments.of)
    with told_to_the_user():
        dsn = chosen_dsn(arguments.dsn)
    try:
        return _ACTIONS[arguments.action](projections, dsn, arguments)
    except ProjectionStoppedError as error:
        print(f"storyline: {error}", file=sys.stderr)
        return FINDINGS
    except StorylineError as error:
        raise UsageError(str(error)) from error


def _run(projections: Sequence[Projection], dsn: str, arguments: argparse.Namespace) -> int:
    if not projections:
        raise UsageError("There are no projections that a projector could run.")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    with ExitStack() as stack:
        projectors: list[Projector] = []
        for story, of_story in _by_story(projections):
            client = stack.enter_context(EventClient(story, dsn))
            observe_projections(client)
            projectors.append(Projector(client, of_story))
        with _stopped_by_signals(projectors):
            return _run_all(projectors)


def _run_all(projectors: Sequence[Projector]) -> int:
    """A thread for each story; if one fails, all end."""
    failures: list[BaseException] = []

    def run_one(projector: Projector) -> None:
        try:
            projector.run()
        except BaseException as error:
            failures.append(error)
            for each in projectors:
                each.stop()

    threads = [threading.Thread(target=run_one, args=(each,)) for each in projectors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for failure in failures:
        raise failure
    return FINE


def _rebuild(projections: Sequence[Projection], dsn: str, arguments: argparse.Namespace) -> int:
    projection = named(projections, arguments.name)
    with EventClient(projection.story, dsn) as client:
        Administration(client).rebuild(projection)
        projector = Projector(client, [projection])
        with _stopped_by_signals([projector]), Progress(client, projection):
            projector.run_until_caught_up()
        done = not client.log.fetch(administration.progress(projection))
    fate = "built" if done else "not finished: run it again, and it goes on"
    print(f"`{arguments.name}` is {fate}.")
    return FINE if done else FINDINGS


def _status(projections: Sequence[Projection], dsn: str, arguments: argparse.Namespace) -> int:
    return show_status(all_stories(projections), projections, dsn, arguments)


_ACTIONS = {
    "run": _run,
    "rebuild": _rebuild,
    "status": _status,
    "parked": show_failures,
    "retry": retry,
    "skip": skip,
    "forget": forget,
}


def _by_story(projections: Sequence[Projection]) -> list[tuple[Story, list[Projection]]]:
    stories = dict.fromkeys(projection.story for projection in projections)
    return [(story, [each for each in projections if each.story is story]) for story in stories]


@contextmanager
def _stopped_by_signals(projectors: Sequence[Projector]) -> Generator[None]:
    """Ctrl-C and SIGTERM let each finish its batch, and hand its shards over at once."""

    def stop(*_: Any) -> None:
        for projector in projectors:
            projector.stop()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
