"""Turns diagnostics into the text that is printed, in one of four formats. It prints nothing.

One module a format, each with `report(diagnostics) -> str`; they get the diagnostics in order. Only
here places become lines and columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from storyline_generator.diagnostics import Diagnostic
from storyline_generator.reporter import github, json, sarif, text
from storyline_generator.reporter.order import in_order
from storyline_generator.reporter.text import summary

__all__ = ["FORMATS", "in_order", "report", "summary"]

FORMATS: Mapping[str, Callable[[Sequence[Diagnostic]], str]] = {
    "text": text.report,
    "json": json.report,
    "github": github.report,
    "sarif": sarif.report,
}


def report(diagnostics: Iterable[Diagnostic], format: str = "text", *, colour: bool = False) -> str:
    """Everything that was found, by file and line. Only text has colours."""
    found = in_order(diagnostics)
    return text.coloured_report(found) if colour and format == "text" else FORMATS[format](found)
