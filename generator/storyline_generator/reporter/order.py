"""Where diagnostics are, for every format: their order, and the range that an editor would mark."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from storyline_generator.diagnostics import Diagnostic, Place
from storyline_generator.immutable import immutable
from storyline_generator.reading.spans import span_of
from storyline_generator.source import Span


@immutable
class Range:
    """Lines and columns are counted from 1; columns are code points; the end is behind the last."""

    line: int
    column: int
    end_line: int
    end_column: int


def in_order(diagnostics: Iterable[Diagnostic]) -> Sequence[Diagnostic]:
    """By file, line and column; the same thing said twice once."""
    return sorted(dict.fromkeys(diagnostics), key=_position)


def range_of(place: Place) -> Range | None:
    """None: the place is a file that has no text to show, or a folder."""
    if not place.source.text:
        return None
    span = span_of(place)
    end = Span(span.end, span.end)
    return Range(*span.position(place.source), *end.position(place.source))


def _position(diagnostic: Diagnostic) -> tuple[str, int, int, str, str]:
    span = span_of(diagnostic.place)
    path = diagnostic.place.source.path
    return path, span.start, span.end, diagnostic.code, diagnostic.message
