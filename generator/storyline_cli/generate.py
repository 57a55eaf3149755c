"""`storyline generate`: the stories on disk → files on disk; or only what would change."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from storyline_cli import FINDINGS, FINE, wants_colour
from storyline_cli.configuration import Configuration, configuration
from storyline_generator import writer
from storyline_generator.diagnostics import Diagnostic
from storyline_generator.file_findings import Finding
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
    outcome = generate(settings.root, settings.schemas, _layout(settings))
    if outcome.diagnostics:
        return _report_diagnostics(outcome.diagnostics, arguments)
    differences = writer.compare(settings.root, settings.package, outcome.files)
    if arguments.diff:
        print(writer.diff(differences), end="")
    if arguments.diff or arguments.check:
        return _check(differences, len(outcome.files))
    return _write(settings.root, differences, len(outcome.files))


def _layout(settings: Configuration) -> Layout:
    existing = sorted(path.name for path in (settings.root / settings.migrations).glob("*.sql"))
    return Layout(settings.package, settings.migrations, settings.client, tuple(existing))


def _report_diagnostics(diagnostics: Sequence[Diagnostic], arguments: argparse.Namespace) -> int:
    from storyline_generator.reporter import report  # only a run with mistakes pays for it

    print(report(diagnostics, colour=wants_colour(arguments)), end="")
    return FINDINGS


def _check(differences: Sequence[Difference], files: int) -> int:
    findings = writer.findings(differences)
    if findings:
        return _report_findings(findings)
    print(f"{files} files, all up to date.")
    return FINE


def _write(root: Path, differences: Sequence[Difference], files: int) -> int:
    """One line for each change, then the sum."""
    refusals = writer.refusals(differences)
    if refusals:
        _report_findings(refusals)
        print("Nothing was written.")
        return FINDINGS
    writer.write(root, differences)
    for difference in differences:
        print(f"{_DONE[difference.kind]:<9} {difference.path}")
    unchanged = files - sum(difference.kind is not Kind.ORPHANED for difference in differences)
    print(f"{files} files, {unchanged} of them unchanged.")
    return FINE


def _report_findings(findings: Sequence[Finding]) -> int:
    for finding in findings:
        print(f"error[{finding.code}]: {finding.message}")
        print(f" --> {finding.path}")
        print(f"  = help: {finding.hint}\n")
    return FINDINGS
