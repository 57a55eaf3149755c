"""`storyline projections`: run what keeps states up to date, build anew, see to parked events.

Needs the runtime alone, as it runs where the application does.
"""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import threading
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from storyline import (
    EventClient,
    ProjectionStoppedError,
    Projector,
    Story,
    StorylineError,
    observe_projections,
)
from storyline.projecting import administration
from storyline.projecting.leasing import LEASE_SECONDS
from storyline.projecting.shards import Projection
from storyline.statements import Statement
from storyline_cli import FINDINGS, FINE, UsageError
from storyline_cli.application import named, projections_of, stories_of
from storyline_cli.configuration import configuration
from storyline_cli.database import chosen_dsn, told_to_the_user
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
    status.add_argument(
        "--format", choices=("text", "json"), default=argparse.SUPPRESS, help="json: for monitoring"
    )
    status.add_argument("--no-color", action="store_true", default=argparse.SUPPRESS)
    parked = actions.add_parser("parked", help="list events that a fold failed on")
    retry = actions.add_parser("retry", help="fold parked events again, and go on where it stands")
    skip = actions.add_parser("skip", help="let parked states go on without an event")
    for action in (rebuild, retry, skip):
        action.add_argument("name", help="of the projection")
    skip.add_argument("event_id", type=int, help="of the event to leave out")
    for action in (rebuild, status, parked, retry, skip):
        action.add_argument("--of", help=_OF)
    for action in (running, rebuild, status, parked, retry, skip):
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
        _order(client, administration.rebuild(projection))
        projector = Projector(client, [projection])
        with _stopped_by_signals([projector]), Progress(client, projection):
            projector.run_until_caught_up()
        done = not client.log.fetch(administration.progress(projection))
    fate = "built" if done else "not finished: run it again, and it goes on"
    print(f"`{arguments.name}` is {fate}.")
    return FINE if done else FINDINGS


def _status(projections: Sequence[Projection], dsn: str, arguments: argparse.Namespace) -> int:
    stories = [projection.story for projection in projections]
    stories += [package.story for package in stories_of(configuration()).values()]
    return show_status(list(dict.fromkeys(stories)), projections, dsn, arguments)


def _parked(projections: Sequence[Projection], dsn: str, arguments: argparse.Namespace) -> int:
    rows = [row for client, each in _clients(projections, dsn) for row in _listed(client, each)]
    print("\n".join(rows) if rows else "Nothing is parked, and nothing stands still.")
    return FINDINGS if rows else FINE


def _listed(client: EventClient, projections: Sequence[Projection]) -> Iterator[str]:
    for row in client.log.fetch(administration.failures(client.story, projections)):
        yield administration.Failure(*row).line


def _retry(projections: Sequence[Projection], dsn: str, arguments: argparse.Namespace) -> int:
    projection = named(projections, arguments.name)
    with EventClient(projection.story, dsn) as client:
        _order(client, administration.retry(projection))
    print("Ordered: the projectors that run will try again.")
    return FINE


def _order(client: EventClient, statements: Iterable[Statement]) -> None:
    with client.log.session() as session, session.transaction(LEASE_SECONDS):
        for statement in statements:
            session.run(statement)


def _skip(projections: Sequence[Projection], dsn: str, arguments: argparse.Namespace) -> int:
    projection = named(projections, arguments.name)
    with EventClient(projection.story, dsn) as client:
        statement = administration.skip(projection, arguments.event_id)
        states = set(client.log.fetch(statement))  # of every build that meets the event
    if not states:
        raise UsageError(f"Event {arguments.event_id} is not parked in `{arguments.name}`.")
    print(f"Ordered: {len(states)} states will go on without event {arguments.event_id}.")
    return FINE


_ACTIONS = {
    "run": _run,
    "rebuild": _rebuild,
    "status": _status,
    "parked": _parked,
    "retry": _retry,
    "skip": _skip,
}


def _by_story(projections: Sequence[Projection]) -> list[tuple[Story, list[Projection]]]:
    stories = dict.fromkeys(projection.story for projection in projections)
    return [(story, [each for each in projections if each.story is story]) for story in stories]


def _clients(
    projections: Sequence[Projection], dsn: str
) -> Iterator[tuple[EventClient, list[Projection]]]:
    for story, of_story in _by_story(projections):
        with EventClient(story, dsn) as client:
            yield client, of_story


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
