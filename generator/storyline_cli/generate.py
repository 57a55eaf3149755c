"""`storyline generate`: the stories on disk → files on disk; or only what would change."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from storyline_cli.configuration import Configuration, configuration
from storyline_cli.output import report, tell
from storyline_generator import writer
from storyline_generator.pipeline import generate
from storyline_generator.plan import Layout
from storyline_generator.writer import Difference, Kind

_DONE = {
    Kind.PROPOSED: "yours now",
    Kind.MISSING: "new",
    Kind.CHANGED: "changed",
    Kind.ORPHANED: "removed",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument(
        "--check", action="store_true", help="change nothing; fail if anything is out of date"
    )
    instead.add_argument("--diff", action="store_true", help="the same, and show what would change")


def run(arguments: argparse.Namespace) -> int:
    settings = configuration()
    outcome = generate(settings.root, settings.schemas, layout(settings))
    if outcome.diagnostics:
        return report(arguments, outcome.diagnostics, "")
    differences = writer.compare(settings.root, settings.package, outcome.files)
    if arguments.diff and differences:
        tell(arguments, writer.diff(differences).removesuffix("\n"))
    if arguments.diff or arguments.check:
        fine = f"{len(outcome.files)} files, all up to date."
        return report(arguments, writer.findings(differences), fine)
    if refusals := writer.refusals(differences):
        exit_code = report(arguments, refusals, "")
        tell(arguments, "Nothing was written.")
        return exit_code
    return _write(arguments, settings.root, differences, len(outcome.files))


def layout(settings: Configuration) -> Layout:
    existing = sorted(path.name for path in (settings.root / settings.migrations).glob("*.sql"))
    return Layout(settings.package, settings.migrations, settings.client, tuple(existing))


def _write(
    arguments: argparse.Namespace, root: Path, differences: Sequence[Difference], files: int
) -> int:
    """One line for each change, then the sum."""
    writer.write(root, differences)
    for difference in differences:
        tell(arguments, f"{_DONE[difference.kind]:<9} {difference.path}")
    unchanged = files - sum(difference.kind is not Kind.ORPHANED for difference in differences)
    return report(arguments, (), f"{files} files, {unchanged} of them unchanged.")
