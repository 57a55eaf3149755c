"""`storyline lint`: what is odd about the stories. What the baseline lists is not told again."""

from __future__ import annotations

import argparse
from pathlib import Path

from storyline_cli.collector import collector_paused
from storyline_cli.configuration import configuration
from storyline_cli.output import report, tell
from storyline_generator import advice, baseline, pipeline
from storyline_generator.diagnostics import Diagnostic
from storyline_generator.pipeline import Stories
from storyline_generator.source import Source


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--write-baseline",
        action="store_true",
        help=f"list today's warnings in {baseline.FILE}; from then on only new ones are told",
    )


@collector_paused()
def run(arguments: argparse.Namespace) -> int:
    settings = configuration()
    stories = pipeline.read(settings.root, settings.schemas)
    if arguments.write_baseline and not stories.diagnostics:
        return _write_baseline(arguments, settings.root / baseline.FILE, stories)
    found = (*stories.diagnostics, *new_warnings(settings.root, stories))
    return report(arguments, found, f"{counted_stories(stories)}, nothing to warn of.")


def new_warnings(root: Path, stories: Stories) -> tuple[Diagnostic, ...]:
    """The warnings that the baseline of the project does not list."""
    file = root / baseline.FILE
    found = advice.warnings(stories)
    if stories.diagnostics or not file.exists():
        return found
    listed = Source(baseline.FILE, file.read_text(encoding="utf-8", errors="replace"))
    return baseline.without_known(found, listed, advice.WARNING_CODES)


def counted_stories(stories: Stories) -> str:
    count = len(stories.sound)
    return "1 story" if count == 1 else f"{count} stories"


def _write_baseline(arguments: argparse.Namespace, file: Path, stories: Stories) -> int:
    """What a baseline cannot list is told: a comment that silences nothing should be mended."""
    found = advice.warnings(stories)
    text = baseline.baseline(found, advice.WARNING_CODES)
    if text:
        file.write_text(text, encoding="utf-8", newline="\n")
        done = f"{file.name}: {text.count(chr(10)) - 1} listed."
    else:
        file.unlink(missing_ok=True)
        done = f"There is nothing to list, so there is no {file.name}."
    rest = [diagnostic for diagnostic in found if diagnostic.code not in advice.WARNING_CODES]
    if rest:
        tell(arguments, done)
    return report(arguments, rest, done)
