"""Turns diagnostics into GitHub's workflow commands, which annotate the lines of a pull request.

One line each, `::error file=…,line=…::message`. What would end a property or the line is escaped,
so that no schema can give a command of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from storyline_generator.diagnostics import Diagnostic, Place
from storyline_generator.excerpts import printable
from storyline_generator.reporter.order import range_of

_IN_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def report(diagnostics: Sequence[Diagnostic]) -> str:
    return "".join(f"{_command(diagnostic)}\n" for diagnostic in diagnostics)


def _command(diagnostic: Diagnostic) -> str:
    properties = {**_where(diagnostic.place), "title": diagnostic.code}
    listed = ",".join(
        f"{name}={printable(value).translate(_IN_PROPERTY)}" for name, value in properties.items()
    )
    message = "\n".join(printable(line) for line in _lines(diagnostic))
    return f"::{diagnostic.severity} {listed}::{message.translate(_IN_DATA)}"


def _where(place: Place) -> dict[str, str]:
    """GitHub wants columns only of what is within one line."""
    found = range_of(place)
    where = {"file": place.source.path}
    if found:
        where |= {"line": str(found.line), "endLine": str(found.end_line)}
    if found and found.line == found.end_line:
        where |= {"col": str(found.column), "endColumn": str(found.end_column)}
    return where


def _lines(diagnostic: Diagnostic) -> Iterator[str]:
    yield f"{diagnostic.message} {diagnostic.hint}".rstrip()
    for related in diagnostic.related:
        found = range_of(related.place)
        line = f":{found.line}" if found else ""
        yield f"{related.message}: {related.place.source.path}{line}"
    yield f"storyline explain {diagnostic.code}"
