"""`storyline release`: what is new in the stories → their locks; from then on it is for ever."""

from __future__ import annotations

import argparse
from pathlib import Path

from storyline_cli import FINDINGS
from storyline_cli.configuration import configuration
from storyline_cli.migration_folder import layout
from storyline_cli.output import report, tell
from storyline_generator import pipeline, writer
from storyline_generator.writer import put

_ATTRIBUTES = "# What two branches have released has both been released.\n*.lock.toml merge=union\n"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail if anything is not yet released"
    )


def run(arguments: argparse.Namespace) -> int:
    settings = configuration()
    stories = pipeline.read(settings.root, settings.schemas)
    if stories.diagnostics:
        return report(arguments, stories.diagnostics, "")
    known = layout(settings)
    if mistakes := pipeline.generated(stories, known).diagnostics:
        return report(arguments, mistakes, "")
    release = pipeline.release(stories, known)
    files = release.migrations
    differences = writer.compare(settings.root, settings.migrations, files.files, files.stale)
    if refusals := writer.refusals(differences):
        return report(arguments, refusals, "")
    for line in release.news:
        tell(arguments, line)
    if arguments.check and release.news:
        return FINDINGS
    if not arguments.check:
        writer.write(settings.root, differences)
        for path, text in release.locks.items():
            _write(settings.root / path, text)
    return report(arguments, (), _sum(len(release.news)))


def _write(lock: Path, text: str) -> None:
    """The lock; and what tells git how to merge it, unless the folder has told git something."""
    if not lock.exists() or lock.read_text(encoding="utf-8") != text:
        put(lock, text)
    if not (attributes := lock.with_name(".gitattributes")).exists():
        put(attributes, _ATTRIBUTES)


def _sum(count: int) -> str:
    if not count:
        return "Everything is released."
    return f"{count} {'thing is' if count == 1 else 'things are'} new, and released now."
