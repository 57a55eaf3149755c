"""`storyline migrate`: bring a database to the project's migration files, or one step back."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from datetime import UTC
from pathlib import Path

from storyline.migrations import (
    Status,
    contradictions,
    migrate_down,
    migrate_up,
    migration_status,
)
from storyline_cli import FINDINGS, FINE
from storyline_cli.configuration import configuration
from storyline_cli.database import chosen_dsn, told_to_the_user

_CLEAR_LINE = "\r\x1b[K"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="action")
    up = actions.add_parser("up", help="apply what is pending")
    up.add_argument(
        "--rolling",
        action="store_true",
        help="old code still runs: keep the indexes that only it uses until the next time",
    )
    down = actions.add_parser("down", help="undo what was applied last")
    down.add_argument("--delete-events", action="store_true", help="even if events go with it")
    status = actions.add_parser("status", help="list the migrations; changes nothing")
    for action in (up, down, status):
        action.add_argument(
            "--dsn", help="the database; else DATABASE_URL, else the embedded server"
        )


def run(arguments: argparse.Namespace) -> int:
    settings = configuration()
    folder = settings.root / settings.migrations
    with told_to_the_user():
        dsn = chosen_dsn(arguments.dsn)
        if arguments.action == "up":
            return _up(dsn, folder, arguments.rolling)
        if arguments.action == "down":
            return _down(dsn, arguments.delete_events)
        return _status(dsn, folder)


def _up(dsn: str, folder: Path, rolling: bool) -> int:
    names = migrate_up(dsn, folder, rolling=rolling, listener=_shown)
    if sys.stderr.isatty():
        print(end=_CLEAR_LINE, file=sys.stderr)
    print("\n".join(f"Applied {name}." for name in names) or "Nothing to apply.")
    return FINE


def _shown(words: str) -> None:
    """On a terminal in one line, which the next replaces."""
    start, end = (_CLEAR_LINE, "") if sys.stderr.isatty() else ("", "\n")
    print(f"{start}  {words}", end=end, file=sys.stderr, flush=True)


def _down(dsn: str, delete_events: bool) -> int:
    name = migrate_down(dsn, delete_events=delete_events)
    print(f"Undone: {name}." if name else "Nothing to undo.")
    return FINE


def _status(dsn: str, folder: Path) -> int:
    statuses = migration_status(dsn, folder)
    print(_table(statuses) if statuses else "There are no migrations.")
    reasons = contradictions(statuses)
    print("".join(f"\n{reason}" for reason in reasons), end="\n" if reasons else "")
    return FINDINGS if reasons else FINE


def _table(statuses: Iterable[Status]) -> str:
    rows = [("migration", "state", "applied at"), *map(_row, statuses)]
    first, second = (max(len(row[column]) for row in rows) for column in (0, 1))
    return "\n".join(f"{a:<{first}}  {b:<{second}}  {c}".rstrip() for a, b, c in rows)


def _row(status: Status) -> tuple[str, str, str]:
    applied_at = status.applied and status.applied.applied_at.astimezone(UTC)
    return status.name, status.state, f"{applied_at:%Y-%m-%d %H:%M:%S} UTC" if applied_at else ""
