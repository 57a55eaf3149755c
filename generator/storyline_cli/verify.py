"""`storyline verify`: hold a live database against the stories, its log against its promises."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg

from storyline.migrations import State, contradictions, migration_status
from storyline.story import Story
from storyline.verification.log import Finding
from storyline.verification.objects import Wanted
from storyline.verification.report import Report, verified
from storyline_cli import FINDINGS, FINE, UsageError
from storyline_cli.application import imported, package_of
from storyline_cli.configuration import Configuration, configuration
from storyline_cli.database import chosen_dsn, told_to_the_user
from storyline_generator import pipeline
from storyline_generator.identifiers import module_name, story_constant
from storyline_generator.plan.sql.objects import wanted_objects
from storyline_generator.schema import Schema

SAMPLE = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dsn", help="the database; else DATABASE_URL, else the embedded server")
    parser.add_argument("--story", help="only this one (default: every story of the project)")
    how_many = parser.add_mutually_exclusive_group()
    how_many.add_argument(
        "--sample",
        type=int,
        default=SAMPLE,
        metavar="N",
        help="read the N newest events of each type and version, and N random ones"
        f" (default: {SAMPLE})",
    )
    how_many.add_argument("--all", action="store_true", help="read every event")


def run(arguments: argparse.Namespace) -> int:
    if arguments.format not in ("text", "json"):
        raise UsageError("`storyline verify` speaks of a database: `--format text` or `json`.")
    if arguments.sample < 0:
        raise UsageError("`--sample` is a number of events, 0 or more.")
    settings = configuration()
    schemas = _schemas(settings, arguments.story)
    with told_to_the_user():
        dsn = chosen_dsn(arguments.dsn)
        migrations = _migration_findings(dsn, settings.root / settings.migrations)
    sample = None if arguments.all else arguments.sample
    reports = _reports(dsn, settings, schemas, sample)
    print(_json(migrations, reports) if arguments.format == "json" else _text(migrations, reports))
    return FINDINGS if migrations or any(report.findings for report in reports) else FINE


def _schemas(settings: Configuration, name: str | None) -> Sequence[Schema]:
    stories = pipeline.read(settings.root, settings.schemas)
    if stories.diagnostics:
        raise UsageError("The stories have mistakes. Run `storyline check`.")
    schemas = [sound.schema for sound in stories.sound]
    chosen = [schema for schema in schemas if name in (None, schema.story)]
    if not chosen:
        raise UsageError(f"There is no story `{name}`." if name else "There is no story.")
    return chosen


def _migration_findings(dsn: str, folder: Path) -> tuple[Finding, ...]:
    statuses = migration_status(dsn, folder)
    pending = (status.name for status in statuses if status.state is State.PENDING)
    return (
        *(Finding("pending-migration", f"`{name}` is not applied.") for name in pending),
        *(Finding("migration-contradicts", reason) for reason in contradictions(statuses)),
    )


def _reports(
    dsn: str, settings: Configuration, schemas: Sequence[Schema], sample: int | None
) -> tuple[Report, ...]:
    progress = Progress()
    try:
        with psycopg.connect(dsn, autocommit=True) as connection:
            return tuple(
                verified(connection, _story(settings, schema), _wanted(schema), sample, progress)
                for schema in schemas
            )
    except psycopg.Error as error:
        said = str(error.diag.message_primary or error).partition("\n")[0]
        raise UsageError(f"The database refuses: {said}.") from error
    finally:
        progress.end()


def _story(settings: Configuration, schema: Schema) -> Story:
    module = f"{package_of(settings)}.{module_name(schema.story)}"
    try:
        found: Story = getattr(imported(module), story_constant(schema.story))
    except AttributeError as error:
        raise UsageError(
            f"`{module}` cannot be imported: {error}. Run `storyline generate`."
        ) from error
    return found


def _wanted(schema: Schema) -> Wanted:
    objects = wanted_objects(schema)
    return Wanted(
        [each.name for each in objects if each.kind == "index"],
        [each.name for each in objects if each.kind == "statistics"],
    )


class Progress:
    """On a terminal one line that changes; else a line now and then. On stderr: not a result."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._told_at = time.monotonic()

    def __call__(self, doing: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._told_at >= (0.2 if self._is_terminal else 10):
            self._told_at = now
            self._tell(f"{doing}: {done:,} of {total:,}")

    def end(self) -> None:
        if self._is_terminal:
            self._tell("")

    def _tell(self, line: str) -> None:
        start, end = (_CLEARED, "") if self._is_terminal else ("", "\n")
        print(f"{start}{line}", end=end, file=sys.stderr, flush=True)


_CLEARED = "\r\x1b[K"
"""The cursor at the start of an empty line."""


def _text(migrations: Sequence[Finding], reports: Sequence[Report]) -> str:
    return "\n".join(
        (*map(_line, migrations), *(line for each in reports for line in _lines(each)))
    )


def _lines(report: Report) -> Iterator[str]:
    yield f"Story `{report.story}`: {report.last_id:,} events."
    for (type, version), count in report.counts:
        yield f"  {type} version {version}: {count:,}"
    yield from map(_line, report.findings)
    if not report.findings:
        yield "  Nothing is wrong."


def _line(finding: Finding) -> str:
    return f"{finding.code}: {finding.message}"


def _json(migrations: Sequence[Finding], reports: Sequence[Report]) -> str:
    """One object: what is told of the migrations, and a report for each story."""
    return json.dumps(
        {
            "migrations": [finding._asdict() for finding in migrations],
            "stories": [
                {
                    "story": report.story,
                    "last_id": report.last_id,
                    "counts": [
                        {"type": type, "version": version, "events": count}
                        for (type, version), count in report.counts
                    ],
                    "findings": [finding._asdict() for finding in report.findings],
                }
                for report in reports
            ],
        },
        indent=2,
    )
