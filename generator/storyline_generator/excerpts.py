"""Turns a place into the line that a person is shown: the text, and which columns to underline.

Tabs become blanks, wide characters count as two columns, and of a very long line a window is shown.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from storyline_generator.immutable import immutable
from storyline_generator.source import Source, Span

_WIDEST = 100
_BEFORE = 30
_TAB = "    "
_CUT = "…"
_LONG_NAME = re.compile(r"`([^`]{60})[^`]+`")
_LONG_ADVICE = re.compile(r"`([^`]{400})[^`]+`")


@immutable
class Excerpt:
    """One line of a source. `text` has been made fit for a terminal, whose columns are counted."""

    line: int
    column: int
    """Counted from 1, in characters of the source: what an editor calls the column."""
    text: str
    indent: int
    width: int


def excerpt(source: Source, span: Span) -> Excerpt:
    """The line in which the span begins; of a longer span only what stands in this line."""
    line, column = span.position(source)
    start = span.start - (column - 1)
    end = source.text.find("\n", start)
    whole = source.text[start : end if end >= 0 else len(source.text)].rstrip("\r")
    before = whole[: column - 1]
    marked = whole[column - 1 : span.end - start]
    before, marked, after = _window(before, marked, whole[len(before) + len(marked) :])
    shown = printable(before)
    text = shown + printable(marked) + printable(after)
    return Excerpt(line, column, text, _columns(shown), max(1, _columns(printable(marked))))


def sentence(text: str) -> str:
    """What is said, printable, and without the end of names that nobody would read to it."""
    return printable(_LONG_NAME.sub(rf"`\1{_CUT}`", text))


def advice(text: str) -> str:
    """The way forward, printable, and whole: somebody copies the TOML in it."""
    return printable(_LONG_ADVICE.sub(rf"`\1{_CUT}`", text))


def printable(text: str) -> str:
    """Without anything that would move the cursor or hide what follows."""
    return "".join(_shown(character) for character in text)


def _window(before: str, marked: str, after: str) -> tuple[str, str, str]:
    if len(before) + len(marked) + len(after) <= _WIDEST:
        return before, marked, after
    if len(before) > _BEFORE:
        before = _CUT + before[-_BEFORE:]
    room = _WIDEST - len(before)
    if len(marked) > room:
        return before, marked[:room] + _CUT, ""
    room -= len(marked)
    return before, marked, after if len(after) <= room else after[:room] + _CUT


def _shown(character: str) -> str:
    if character == "\t":
        return _TAB
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return "\N{REPLACEMENT CHARACTER}"
    return character


def _columns(text: str) -> int:
    return sum(_character_columns(text))


def _character_columns(text: str) -> Iterator[int]:
    for character in text:
        is_wide = unicodedata.east_asian_width(character) in ("W", "F")
        yield 0 if unicodedata.combining(character) else 2 if is_wide else 1
