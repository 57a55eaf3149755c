"""Turns diagnostics into the text that a person reads, in the manner of rustc, and prints nothing.

Only here places become lines and columns. What comes from a schema is shown without its control
characters, so that no schema can write to a terminal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from storyline_generator.diagnostics import Diagnostic, Place
from storyline_generator.excerpts import Excerpt, excerpt, printable
from storyline_generator.spans import span_of


@dataclass(frozen=True, slots=True)
class _Paint:
    """The escape sequences of a terminal, or nothing."""

    error: str = ""
    frame: str = ""
    bold: str = ""
    reset: str = ""


_PLAIN = _Paint()
_COLOURED = _Paint(error="\033[1;31m", frame="\033[1;34m", bold="\033[1m", reset="\033[0m")


def report(diagnostics: Iterable[Diagnostic], *, colour: bool = False) -> str:
    """Everything that was found, in the order of the files, and how much it is."""
    found = in_order(diagnostics)
    paint = _COLOURED if colour else _PLAIN
    blocks = ["\n".join(_block(diagnostic, paint)) for diagnostic in found]
    return "\n\n".join([*blocks, summary(found)]) + "\n"


def in_order(diagnostics: Iterable[Diagnostic]) -> Sequence[Diagnostic]:
    """By file, line and column; the same thing said twice once."""
    return sorted(dict.fromkeys(diagnostics), key=_position)


def summary(diagnostics: Sequence[Diagnostic]) -> str:
    """`3 errors in 2 files`"""
    files = {diagnostic.place.source.path for diagnostic in diagnostics}
    return f"{_counted(len(diagnostics), 'error')} in {_counted(len(files), 'file')}"


def _position(diagnostic: Diagnostic) -> tuple[str, int, int, str, str]:
    span = span_of(diagnostic.place)
    path = diagnostic.place.source.path
    return path, span.start, span.end, diagnostic.code, diagnostic.message


def _block(diagnostic: Diagnostic, paint: _Paint) -> Iterator[str]:
    places = (diagnostic.place, *(related.place for related in diagnostic.related))
    margin = max(len(str(_excerpt(place).line)) for place in places)
    code = f"{paint.error}error[{diagnostic.code}]{paint.reset}"
    yield f"{code}{paint.bold}: {printable(diagnostic.message)}{paint.reset}"
    yield from _frame(
        diagnostic.place, "-->", _Mark("^", diagnostic.hint, paint.error), paint, margin
    )
    for related in diagnostic.related:
        mark = _Mark("-", related.message, paint.frame)
        yield from _frame(related.place, ":::", mark, paint, margin)
    bar = f"{paint.frame}={paint.reset}"
    yield f"{' ' * margin} {bar} help: storyline explain {diagnostic.code}"


@dataclass(frozen=True, slots=True)
class _Mark:
    """What underlines the place, and what is said about it there."""

    character: str
    label: str
    colour: str

    def under(self, excerpt: Excerpt, paint: _Paint) -> str:
        line = f"{self.character * excerpt.width} {printable(self.label)}".rstrip()
        return f"{' ' * excerpt.indent}{self.colour}{line}{paint.reset}"


def _frame(place: Place, arrow: str, mark: _Mark, paint: _Paint, margin: int) -> Iterator[str]:
    """
      --> schemas/todo.toml:31:18
       |
    31 | fields.title = "Titel"
       |                ^^^^^^^ did you mean `Title`?
    """
    shown = _excerpt(place)
    path = printable(place.source.path)
    start = f"{' ' * margin}{paint.frame}{arrow}{paint.reset}"
    if not place.source.text:  # a file or folder that could not be read
        yield f"{start} {path}"
        if mark.label:
            yield f"{' ' * margin} {paint.frame}={paint.reset} {printable(mark.label)}"
        return
    bar = f"{paint.frame}|{paint.reset}"
    yield f"{start} {path}:{shown.line}:{shown.column}"
    yield f"{' ' * margin} {bar}"
    number = f"{paint.frame}{shown.line:>{margin}} |{paint.reset}"
    yield f"{number} {shown.text}".rstrip()
    yield f"{' ' * margin} {bar} {mark.under(shown, paint)}"


def _excerpt(place: Place) -> Excerpt:
    return excerpt(place.source, span_of(place))


def _counted(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"
