"""Turns a place into the span of text it names, by scanning TOML that tomli has already read.

It runs only when something must be reported. Because the text is known to be valid, the scanner
looks for the ends of things and never judges them; where the text is not valid after all (tomli's
own complaint is being explained) it stops there and keeps what it has seen.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping
from functools import lru_cache
from typing import TypeAlias, TypeVar

from storyline_generator.diagnostics import Keys, Place
from storyline_generator.immutable import immutable
from storyline_generator.source import Source, Span

_BLANKS = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = re.compile(
    r"""[ \t]*
        (?: (?P<bare>[A-Za-z0-9_-]+) | "(?P<basic>(?:[^"\\\n]|\\.)*)" | '(?P<raw>[^'\n]*)' )
        [ \t]*""",
    re.VERBOSE,
)
_SCALAR = re.compile(
    r'''  """ (?:\\.|[^\\])*? """ "{0,2}
      | \'\'\' .*? \'\'\' \'{0,2}
      | "(?:[^"\\\n]|\\.)*"
      | '[^'\n]*'
      | [^,\[\]{}#\r\n]* [^,\[\]{}#\s]''',
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_SHORT_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r"}


@immutable
class Entry:
    """Where a key stands, and what it was given. A table made by a header is given its key."""

    keys: Keys
    key: Span
    value: Span


T = TypeVar("T")
_Entries: TypeAlias = Generator[Entry, None, T]


def span_of(place: Place) -> Span:
    """The text a place names; of a path that does not exist, the nearest part that does."""
    if place.span:
        return place.span
    entries = entries_of(place.source)
    for end in range(len(place.keys), 0, -1):
        if found := entries.get(place.keys[:end]):
            exists = end == len(place.keys)
            return found.value if exists and place.part == "value" else found.key
    return Span(0, 0)


@lru_cache(maxsize=64)
def entries_of(source: Source) -> Mapping[Keys, Entry]:
    """The first entry of every path in the text."""
    entries: dict[Keys, Entry] = {}
    for entry in scan(source.text):
        entries.setdefault(entry.keys, entry)
    return entries


def scan(text: str) -> Iterator[Entry]:
    """Every key and value, once for each time that the text mentions it."""
    return _Scanner(text).document()


class _NonsenseError(Exception):
    """The text goes on in a way that valid TOML does not."""


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.offset = 0
        self.tables_in: dict[Keys, int] = {}
        """How many tables each array of tables has so far."""

    def document(self) -> Iterator[Entry]:
        table: Keys = ()
        try:
            while not self._at_end():
                if self._take("["):
                    table = yield from self._header()
                else:
                    yield from self._assignment(table)
        except (_NonsenseError, RecursionError):
            return

    def _header(self) -> _Entries[Keys]:
        is_array = self._take("[", blanks=False)
        keys, spans = self._dotted_key()
        table: Keys = ()
        for key, span in zip(keys[:-1], spans[:-1], strict=True):
            yield Entry((*table, key), span, span)
            table = self._latest((*table, key))
        table, last = (*table, keys[-1]), spans[-1]
        yield Entry(table, last, last)
        if is_array:
            self.tables_in[table] = self.tables_in.get(table, 0) + 1
            table = self._latest(table)
            yield Entry(table, last, last)
        self._expect("]]" if is_array else "]")
        return table

    def _latest(self, table: Keys) -> Keys:
        """An array of tables, named in a header, means its latest table."""
        count = self.tables_in.get(table)
        return (*table, count - 1) if count else table

    def _assignment(self, table: Keys) -> _Entries[None]:
        keys, spans = self._dotted_key()
        for end in range(1, len(keys)):
            yield Entry((*table, *keys[:end]), spans[end - 1], spans[end - 1])
        self._expect("=")
        yield from self._value((*table, *keys), spans[-1])

    def _value(self, keys: Keys, key: Span | None = None) -> _Entries[None]:
        """The parts of a value come before the value itself; array items have no key."""
        start = self._skip_blanks()
        if self._take("["):
            yield from self._array(keys)
        elif self._take("{"):
            yield from self._inline_table(keys)
        else:
            self._scalar()
        value = Span(start, self.offset)
        yield Entry(keys, key or value, value)

    def _array(self, keys: Keys) -> Iterator[Entry]:
        index = 0
        while not self._take("]"):
            yield from self._value((*keys, index))
            index += 1
            self._take(",")

    def _inline_table(self, keys: Keys) -> Iterator[Entry]:
        while not self._take("}"):
            yield from self._assignment(keys)
            self._take(",")

    def _scalar(self) -> None:
        match = _SCALAR.match(self.text, self.offset)
        if not match:
            raise _NonsenseError
        self.offset = match.end()

    def _dotted_key(self) -> tuple[tuple[str, ...], tuple[Span, ...]]:
        keys: list[str] = []
        spans: list[Span] = []
        while not keys or self._take(".", blanks=False):
            match = _KEY.match(self.text, self.offset)
            if not match:
                raise _NonsenseError
            keys.append(_key_text(match))
            spans.append(_key_span(match))
            self.offset = match.end()
        return tuple(keys), tuple(spans)

    def _at_end(self) -> bool:
        return self._skip_blanks() == len(self.text)

    def _skip_blanks(self) -> int:
        match = _BLANKS.match(self.text, self.offset)
        self.offset = match.end() if match else self.offset
        return self.offset

    def _take(self, mark: str, *, blanks: bool = True) -> bool:
        if blanks:
            self._skip_blanks()
        found = self.text.startswith(mark, self.offset)
        self.offset += len(mark) if found else 0
        return found

    def _expect(self, mark: str) -> None:
        if not self._take(mark):
            raise _NonsenseError


def _key_span(match: re.Match[str]) -> Span:
    """The key without the blanks around it; a quoted key with its quotes."""
    start, end = match.span(match.lastgroup or 0)
    return Span(start, end) if match.lastgroup == "bare" else Span(start - 1, end + 1)


def _key_text(match: re.Match[str]) -> str:
    text = match[match.lastgroup or 0]
    return _ESCAPE.sub(_unescaped, text) if match.lastgroup == "basic" else text


def _unescaped(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else _SHORT_ESCAPES.get(match[3], match[3])
