"""Prints what a command found, in the format that was asked for, and makes an exit code of it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from storyline_cli import FINDINGS, FINE, wants_colour

if TYPE_CHECKING:
    from storyline_generator.diagnostics import Diagnostic


def tell(arguments: argparse.Namespace, line: str) -> None:
    """How the work went. Other programs read only what was found."""
    if arguments.format in ("text", "github"):
        print(line)


def report(arguments: argparse.Namespace, diagnostics: Sequence[Diagnostic], fine: str) -> int:
    """Everything that was found; if it is nothing, the line that says so."""
    if not diagnostics:
        tell(arguments, fine)
    if diagnostics or arguments.format in ("json", "sarif"):
        from storyline_generator import reporter  # only a run with something to say pays for it

        colour = wants_colour(arguments)
        print(reporter.report(diagnostics, arguments.format, colour=colour), end="")
    return FINDINGS if diagnostics else FINE
