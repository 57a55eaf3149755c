"""`storyline generate`: the stories on disk → files on disk; or only what would change."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from storyline_generator import writer
from storyline_generator.diagnostics import Diagnostic
from storyline_generator.file_findings import Finding
from storyline_generator.pipeline import generate
from storyline_generator.plan import Layout
from storyline_generator.writer import Difference, Kind

from storyline_cli import FINDINGS, FINE, wants_color
from storyline_cli.configuration import Configuration, configuration

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
    if arguments.check:
        findings = writer.findings(differences)
        return _report(findings) or _say(f"{len(outcome.files)} files, all up to date.")
    if arguments.diff:
        print(writer.diff(differences), end="")
        return _report(writer.findings(differences))
    return _report(writer.refusals(differences)) or _write(
        settings.root, differences, len(outcome.files)
    )


def _layout(settings: Configuration) -> Layout:
    existing = sorted(path.name for path in (settings.root / settings.migrations).glob("*.sql"))
    return Layout(settings.package, settings.migrations, settings.client, tuple(existing))


def _report_diagnostics(diagnostics: Sequence[Diagnostic], arguments: argparse.Namespace) -> int:
    from storyline_generator.reporter import report  # only a run with mistakes pays for it

    print(report(diagnostics, color=wants_color(arguments)))
    return FINDINGS


def _report(findings: Sequence[Finding]) -> int:
    for finding in findings:
        print(f"{finding.path}: [{finding.code}] {finding.message} {finding.hint}")
    return FINDINGS if findings else FINE


def _say(text: str) -> int:
    print(text)
    return FINE


def _write(root: Path, differences: Sequence[Difference], files: int) -> int:
    """One line for each change, then the sum."""
    for difference in writer.write(root, differences):
        print(f"{_DONE[difference.kind]:<9} {difference.path}")
    unchanged = files - sum(difference.kind is not Kind.ORPHANED for difference in differences)
    return _say(f"{files} files, {unchanged} of them unchanged.")
