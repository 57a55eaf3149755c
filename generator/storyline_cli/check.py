"""`storyline check`: everything that a build should know, in one call that changes nothing.

The stories first: where they have mistakes, nothing else about them can be told. Whatever a later
release can find without a database joins `_findings`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from storyline_cli.abandoned_files import abandoned_files
from storyline_cli.collector import collector_paused
from storyline_cli.configuration import Configuration, configuration
from storyline_cli.lint import counted_stories, new_warnings
from storyline_cli.migration_files import migration_findings
from storyline_cli.migration_folder import layout
from storyline_cli.output import report
from storyline_generator import pipeline, writer
from storyline_generator.diagnostics import Diagnostic
from storyline_generator.pipeline import Stories


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None: whoever wants less calls `lint`, or `generate --check`."""


@collector_paused()
def run(arguments: argparse.Namespace) -> int:
    settings = configuration()
    stories = pipeline.read(settings.root, settings.schemas)
    found = tuple(_findings(settings, stories))
    return report(arguments, found, f"{counted_stories(stories)}, nothing to report.")


def _findings(settings: Configuration, stories: Stories) -> Iterator[Diagnostic]:
    """Mistakes, warnings, what is out of date, and migrations that could not run."""
    yield from _drift(settings, stories)
    yield from new_warnings(settings.root, stories)
    yield from migration_findings(settings.root, settings.migrations)


def _drift(settings: Configuration, stories: Stories) -> Iterator[Diagnostic]:
    there = layout(settings)
    outcome = pipeline.generated(stories, there)
    yield from outcome.diagnostics
    if not outcome.diagnostics:
        differences = writer.compare(settings.root, settings.package, outcome.files, outcome.stale)
        yield from writer.findings(differences)
        yield from abandoned_files(settings.root, there, outcome.files)
