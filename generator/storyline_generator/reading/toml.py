"""Turns one text into plain tables, or says where it is not TOML. tomli reads; this explains."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from itertools import chain

import tomli

from storyline_generator.diagnostics import Diagnostic, Findings, Keys, Place
from storyline_generator.mistakes import reading
from storyline_generator.reading.document import list_of, table_of
from storyline_generator.reading.newer_toml import REMEDIES, newer_syntax
from storyline_generator.reading.spans import Entry, scan
from storyline_generator.reading.toml_hints import hint_for
from storyline_generator.source import Source, Span

_SAID_TWICE = re.compile(r"Cannot (declare|overwrite|mutate|redefine)|Duplicate inline table key")
_CONFLICT = "<<<<<<<"
_MARKER = re.compile(rf"{_CONFLICT}|=======|>>>>>>>")
_OF_CONFLICTS = "keep what is right of both sides, and take out the three lines of git"
_DEEPEST = 100
"""No story needs more, and all that comes after may follow a value down by calling itself."""


def parse(source: Source) -> Findings[dict[str, object] | None]:
    """The tables of a text, or None where it is not TOML."""
    try:
        tables = _tables(source.text)
    except tomli.TOMLDecodeError as error:
        yield _explained(source, error)
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits, a key of 2,000 parts
        reason = str(error).partition(":")[0]
        message = f"this is more than can be read: {reason}."
        yield reading.invalid_toml(Place(source, span=_excess(source.text)), message)
    else:
        yield from _newer(source)
        return tables
    return None


def dotted(keys: Keys) -> str:
    """A path as a person writes it."""
    return ".".join(str(key) for key in keys)


def _tables(text: str) -> dict[str, object]:
    tables = tomli.loads(text)
    parts: list[object] = [tables]
    for _ in range(_DEEPEST):
        within = chain.from_iterable(map(_parts, parts))
        parts = [part for part in within if isinstance(part, dict | list)]
    if parts:
        raise RecursionError(f"it is nested more than {_DEEPEST} levels deep")
    return tables


def _parts(table: object) -> Iterable[object]:
    return (table_of(table) or {}).values() or list_of(table) or ()


def _excess(text: str) -> Span:
    """The line with which the text becomes more than can be read."""
    ends = [*(match.start() for match in re.finditer("\n", text)), len(text)]
    last = bisect_left(ends, True, key=lambda end: _is_too_much(text[:end]))
    return Span(ends[last - 1] + 1 if last else 0, ends[last])


def _is_too_much(text: str) -> bool:
    try:
        _tables(text)
    except tomli.TOMLDecodeError:
        return False
    except (ValueError, RecursionError):
        return True
    return False


def _newer(source: Source) -> Findings[None]:
    for span, what in newer_syntax(source.text):
        message = f"{what} are TOML 1.1; schemas are TOML 1.0."
        yield reading.invalid_toml(Place(source, span=span), message, REMEDIES[what])


def _explained(source: Source, error: tomli.TOMLDecodeError) -> Diagnostic:
    offset = _offset(source.text, error.lineno, error.colno)
    if _SAID_TWICE.match(error.msg) and (twice := _said_twice(source, offset)):
        return twice
    if _MARKER.match(source.text, offset) and source.text[offset - 1 : offset] in ("", "\n"):
        place = Place(source, span=Span(offset, offset + len(_CONFLICT)))
        return reading.invalid_toml(place, "git has left a merge conflict here.", _OF_CONFLICTS)
    message = error.msg[:1].lower() + error.msg[1:]
    place = Place(source, span=Span(offset, offset + 1))
    hint = hint_for(error.msg, source.text[offset:])
    return reading.invalid_toml(place, f"this is not TOML: {message}.", hint)


def _said_twice(source: Source, offset: int) -> Diagnostic | None:
    """tomli names only the second place; the first is what the scanner saw under the same path."""
    entries = [entry for entry in scan(source.text) if entry.key.start <= offset]
    second = max(entries, key=lambda entry: entry.key.start)
    first = {entry.keys: entry for entry in reversed(entries) if entry.key != second.key}
    for end in range(len(second.keys), 0, -1):
        if keys := first.get(second.keys[:end]):
            return _twice(source, second, keys)
    return None


def _twice(source: Source, second: Entry, first: Entry) -> Diagnostic:
    places = (Place(source, entry.keys, span=entry.key) for entry in (second, first))
    return reading.declared_twice(dotted(first.keys), *places)


def _offset(text: str, line: int, column: int) -> int:
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    return start + column - 1
