"""Turns one text into plain tables, or says where it is not TOML. tomli reads; this explains."""

from __future__ import annotations

import re

import tomli

from storyline_generator.diagnostics import Diagnostic, Findings, Keys, Place
from storyline_generator.mistakes import reading
from storyline_generator.reading.newer_toml import newer_syntax
from storyline_generator.reading.spans import Entry, scan
from storyline_generator.source import Source, Span

_SAID_TWICE = re.compile(r"Cannot (declare|overwrite|mutate|redefine)|Duplicate inline table key")


def parse(source: Source) -> Findings[dict[str, object] | None]:
    """The tables of a text, or None where it is not TOML."""
    try:
        tables = tomli.loads(source.text)
    except tomli.TOMLDecodeError as error:
        yield _explained(source, error)
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits, a key of 2,000 parts
        reason = str(error).partition(":")[0]
        yield reading.invalid_toml(Place(source), f"this is more than can be read: {reason}.")
    else:
        yield from _newer(source)
        return tables
    return None


def dotted(keys: Keys) -> str:
    """A path as a person writes it."""
    return ".".join(str(key) for key in keys)


def _newer(source: Source) -> Findings[None]:
    for span, what in newer_syntax(source.text):
        message = f"{what} are TOML 1.1; schemas are TOML 1.0."
        yield reading.invalid_toml(Place(source, span=span), message)


def _explained(source: Source, error: tomli.TOMLDecodeError) -> Diagnostic:
    offset = _offset(source.text, error.lineno, error.colno)
    if _SAID_TWICE.match(error.msg) and (twice := _said_twice(source, offset)):
        return twice
    message = error.msg[:1].lower() + error.msg[1:]
    place = Place(source, span=Span(offset, offset + 1))
    return reading.invalid_toml(place, f"this is not TOML: {message}.")


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
