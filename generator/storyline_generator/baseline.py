"""Warnings → a file that lists them, and back: those of the list are not told again.

With a baseline a team can adopt a rule on an old story: what is there stays, what is new is told.
One warning a line, sorted, so that git merges it: its code, what it is about, and the file. What it
is about is a path of keys, because line numbers change with every edit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from storyline_generator.diagnostics import Diagnostic, Place
from storyline_generator.mistakes.ignoring import malformed_ignore, unused_ignore
from storyline_generator.reading.toml import dotted
from storyline_generator.source import Source, Span

FILE = "storyline-baseline.txt"
_ABOUT = (
    "# Warnings that are not told again. `storyline lint --write-baseline` lists those of today."
)


def baseline(found: Iterable[Diagnostic], codes: Collection[str]) -> str:
    """The text of the file; empty where there is nothing to list."""
    lines = sorted({_line(diagnostic) for diagnostic in found if diagnostic.code in codes})
    return "".join(f"{line}\n" for line in (_ABOUT, *lines)) if lines else ""


def without_known(
    found: Iterable[Diagnostic], listed: Source, codes: Collection[str]
) -> tuple[Diagnostic, ...]:
    """What the baseline does not list, and the lines of it that list nothing."""
    entries = _entries(listed)
    told = tuple(found)
    lines = {_line(diagnostic) for diagnostic in told if diagnostic.code in codes}
    left = (
        diagnostic
        for diagnostic in told
        if diagnostic.code not in codes or _line(diagnostic) not in entries
    )
    stale = (_stale(line, place, codes) for line, place in entries.items() if line not in lines)
    return (*left, *stale)


def _line(diagnostic: Diagnostic) -> str:
    place = diagnostic.place
    return f"{diagnostic.code} {dotted(place.keys)} {place.source.path}"


def _entries(listed: Source) -> dict[str, Place]:
    entries: dict[str, Place] = {}
    start = 0
    for line in listed.text.splitlines(keepends=True):
        text = line.strip()
        if text and not text.startswith("#"):
            entries[text] = Place(listed, span=Span(start, start + len(text)))
        start += len(line)
    return entries


def _stale(line: str, place: Place, codes: Collection[str]) -> Diagnostic:
    code = line.partition(" ")[0]
    hint = "run `storyline lint --write-baseline`"
    if code not in codes or line.count(" ") < 2:
        return malformed_ignore(place, "this line names no warning.", hint)
    return unused_ignore(code, place, hint)
