"""`storyline diff`: what has changed, in Markdown, for whoever is asked to agree to it."""

from __future__ import annotations

import argparse

from storyline_cli import FINE
from storyline_cli.breaking import pasts
from storyline_cli.configuration import configuration
from storyline_cli.output import report
from storyline_generator import comparing
from storyline_generator.changes import markdown


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "against",
        metavar="git:REF|lock",
        nargs="?",
        default="git:HEAD",
        help="what to compare with: the last commit (default), a branch, a tag; or what was "
        "released, which knows no types, no validators and no words",
    )


def run(arguments: argparse.Namespace) -> int:
    """It fails on nothing that a change does: `breaking` and `check` do."""
    settings = configuration()
    found = pasts(settings, arguments.against)
    changes, diagnostics = comparing.changes(settings.root, settings.schemas, found)
    if diagnostics:
        return report(arguments, diagnostics, "")
    gone = sorted({*(found or {})} - {change.story for change in changes})
    print(markdown(changes, gone, arguments.against.removeprefix("git:")), end="")
    return FINE
