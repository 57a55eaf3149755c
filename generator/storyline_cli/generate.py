"""`storyline generate`: the stories on disk → files on disk; or only what would change."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from storyline_cli.collector import collector_paused
from storyline_cli.configuration import Configuration, configuration
from storyline_cli.editor_schema import refresh
from storyline_cli.manifest import UP_TO_DATE
from storyline_cli.migration_folder import layout, restore
from storyline_cli.output import report, tell
from storyline_cli.recording import record, snapshot
from storyline_generator import writer
from storyline_generator.json_schema import FILE as FILE_FOR_EDITORS
from storyline_generator.pipeline import generate
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
    instead.add_argument(
        "--watch", action="store_true", help="generate again at every change, until Ctrl-C"
    )


def run(arguments: argparse.Namespace) -> int:
    settings = configuration()
    if arguments.watch:
        from storyline_cli.watch import watch  # it calls commands, this one among them

        return watch(settings)
    return _run(arguments, settings)


@collector_paused()
def _run(arguments: argparse.Namespace, settings: Configuration) -> int:
    if not (arguments.check or arguments.diff):
        _prepare(arguments, settings)
    before = snapshot(settings)
    outcome = generate(settings.root, settings.schemas, layout(settings))
    if outcome.diagnostics:
        return report(arguments, outcome.diagnostics, "")
    differences = writer.compare(settings.root, settings.package, outcome.files, outcome.stale)
    if arguments.diff and differences:
        tell(arguments, writer.diff(differences).removesuffix("\n"))
    if arguments.diff or arguments.check:
        fine = UP_TO_DATE.format(len(outcome.files))
        return report(arguments, writer.findings(differences), fine)
    if refusals := writer.refusals(differences):
        exit_code = report(arguments, refusals, "")
        tell(arguments, "Nothing was written.")
        return exit_code
    writer.write(settings.root, differences)
    if before:
        record(settings, before, outcome.files, differences)
    return _report_written(arguments, differences, len(outcome.files))


def _prepare(arguments: argparse.Namespace, settings: Configuration) -> None:
    """Beside what is generated: what editors read, and what a merge has left of a release."""
    if refresh(settings.root / settings.schemas):
        tell(arguments, f"{_DONE[Kind.CHANGED]:<9} {settings.schemas}/{FILE_FOR_EDITORS}")
    for path in restore(settings):
        tell(arguments, f"restored  {path}")


def _report_written(
    arguments: argparse.Namespace, differences: Sequence[Difference], files: int
) -> int:
    """One line for each change, last those that the user goes on with, then the sum."""
    for difference in sorted(differences, key=lambda each: each.kind is Kind.PROPOSED):
        tell(arguments, f"{_DONE[difference.kind]:<9} {difference.path}")
    written = sum(difference.kind is not Kind.ORPHANED for difference in differences)
    some = f"Wrote {written} of {files} files."
    return report(arguments, (), some if differences else UP_TO_DATE.format(files))
