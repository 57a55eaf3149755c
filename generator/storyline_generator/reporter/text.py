"""Turns diagnostics into the text that a person reads, in the manner of rustc.

What comes from a schema is shown without its control characters, so that no schema can write to a
terminal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from storyline_generator.diagnostics import Diagnostic, Place
from storyline_generator.excerpts import Excerpt, advice, excerpt, printable, sentence
from storyline_generator.immutable import immutable
from storyline_generator.reading.spans import span_of


@immutable
class _Paint:
    """The escape sequences of a terminal, or nothing."""

    error: str = ""
    warning: str = ""
    frame: str = ""
    bold: str = ""
    reset: str = ""

    def of(self, diagnostic: Diagnostic) -> str:
        return self.error if diagnostic.severity == "error" else self.warning


_PLAIN = _Paint()
_COLOURED = _Paint(
    error="\033[1;31m",
    warning="\033[1;33m",
    frame="\033[1;34m",
    bold="\033[1m",
    reset="\033[0m",
)


def report(diagnostics: Sequence[Diagnostic]) -> str:
    """Everything that was found, and how much it is."""
    return _report(diagnostics, _PLAIN)


def coloured_report(diagnostics: Sequence[Diagnostic]) -> str:
    return _report(diagnostics, _COLOURED)


def summary(diagnostics: Sequence[Diagnostic]) -> str:
    """`3 errors and 1 warning in 2 files`"""
    severities = Counter(diagnostic.severity for diagnostic in diagnostics)
    counts = " and ".join(_counted(count, kind) for kind, count in sorted(severities.items()))
    files = {diagnostic.place.source.path for diagnostic in diagnostics}
    return f"{counts} in {_counted(len(files), 'file')}"


def _report(diagnostics: Sequence[Diagnostic], paint: _Paint) -> str:
    blocks = ["\n".join(_block(diagnostic, paint)) for diagnostic in diagnostics]
    return "\n\n".join([*blocks, summary(diagnostics)]) + "\n"


def _block(diagnostic: Diagnostic, paint: _Paint) -> Iterator[str]:
    places = (diagnostic.place, *(related.place for related in diagnostic.related))
    page = _Page(paint, max(len(str(_excerpt(place).line)) for place in places))
    colour = paint.of(diagnostic)
    code = f"{colour}{diagnostic.severity}[{diagnostic.code}]{paint.reset}"
    yield f"{code}{paint.bold}: {sentence(diagnostic.message)}{paint.reset}"
    yield from page.frame("-->", diagnostic.place, _Mark("^", diagnostic.hint, colour))
    for related in diagnostic.related:
        yield from page.frame(":::", related.place, _Mark("-", related.message, paint.frame))
    yield page.line("=", f"help: storyline explain {diagnostic.code}")


@immutable
class _Mark:
    """What underlines the place, and what is said about it there."""

    character: str
    label: str
    colour: str


@immutable
class _Page:
    """Lines with a margin that is wide enough for the line numbers of one diagnostic."""

    paint: _Paint
    margin: int

    def frame(self, arrow: str, place: Place, mark: _Mark) -> Iterator[str]:
        """
          --> schemas/todo.toml:31:18
           |
        31 | fields.title = "Titel"
           |                ^^^^^^^ did you mean `Title`?
        """
        shown, path = _excerpt(place), printable(place.source.path)
        start = f"{' ' * self.margin}{self.paint.frame}{arrow}{self.paint.reset}"
        if place.source.text:
            yield f"{start} {path}:{shown.line}:{shown.column}"
            yield self.line("|")
            yield self.line("|", shown.text, number=str(shown.line))
            yield self.line("|", self._underline(shown, mark))
        else:  # a file or a folder that could not be read has no lines
            yield f"{start} {path}"
            yield from [self.line("=", advice(mark.label))] if mark.label else []

    def line(self, edge: str, text: str = "", number: str = "") -> str:
        frame = f"{self.paint.frame}{number:>{self.margin}} {edge}{self.paint.reset}"
        return f"{frame} {text}".rstrip()

    def _underline(self, shown: Excerpt, mark: _Mark) -> str:
        line = f"{mark.character * shown.width} {advice(mark.label)}".rstrip()
        return f"{' ' * shown.indent}{mark.colour}{line}{self.paint.reset}"


def _excerpt(place: Place) -> Excerpt:
    return excerpt(place.source, span_of(place))


def _counted(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"
