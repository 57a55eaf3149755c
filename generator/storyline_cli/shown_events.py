"""Stored events → what a person reads in a terminal, or a program on a pipe.

Whatever an event holds is shown without the characters that could move a cursor or hide what
follows.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from storyline.exact import exact_json, json_text
from storyline_generator.invisible import INVISIBLE

_UNSAFE = re.compile(f"[{INVISIBLE}]")
INDENT = " " * 8
_PLAIN = re.compile(r"[\w.:/@+-]+")


class StoredEvent(NamedTuple):
    """As its row is."""

    id: int
    type: str
    version: int
    data: str
    metadata: str
    created_at: datetime


class Paint(NamedTuple):
    """The escape sequences of a terminal, or nothing."""

    dim: str = ""
    name: str = ""
    added: str = ""
    removed: str = ""
    failed: str = ""
    kinds: Sequence[str] = ("",)
    reset: str = ""

    def of_type(self, type: str) -> str:
        """The same for each event of a type."""
        return self.kinds[sum(type.encode()) % len(self.kinds)]


PLAIN = Paint()
COLOURED = Paint(
    dim="\033[2m",
    name="\033[36m",
    added="\033[32m",
    removed="\033[31m",
    failed="\033[1;31m",
    kinds=("\033[1;34m", "\033[1;32m", "\033[1;33m", "\033[1;35m", "\033[1;36m"),
    reset="\033[0m",
)


class Look(NamedTuple):
    """Of a terminal. `width`: None on a pipe, where an event is a line."""

    paint: Paint = PLAIN
    width: int | None = None


def json_line(event: StoredEvent) -> str:
    """As it is stored."""
    moment = json.dumps(event.created_at.isoformat(timespec="microseconds") + "Z")
    line = (
        f'{{"id": {event.id}, "type": {json.dumps(event.type)}, "version": {event.version}, '
        f'"created_at": {moment}, "data": {event.data}, "metadata": {event.metadata}}}'
    )
    return safe_json(line)


def safe_json(text: str) -> str:
    """The same values: in JSON such a character can only stand in a text, where it is escaped."""
    return _UNSAFE.sub(_json_escape, text)


def lines(event: StoredEvent, look: Look) -> Iterator[str]:
    """One, where it fits; else the data stand below."""
    paint = look.paint
    version = f" v{event.version}" if event.version != 1 else ""
    moment = f"{event.created_at:%Y-%m-%d %H:%M:%S}.{event.created_at.microsecond // 1000:03}Z"
    type = shown(event.type)
    head = f"{event.id:>6}  {moment}  {type}{version}"
    painted = (
        f"{event.id:>6}  {paint.dim}{moment}{paint.reset}"
        f"  {paint.of_type(event.type)}{type}{paint.reset}{version}"
    )
    pieces = [*_pieces(exact_json(event.data), ""), *_pieces(exact_json(event.metadata), "@")]
    if look.width is None or _fits(head, pieces, look.width):
        yield "  ".join((painted, *(piece.painted(paint) for piece in pieces)))
        return
    yield painted
    yield from _below(pieces, look)


class Piece(NamedTuple):
    """A field, as it is shown."""

    name: str
    value: str

    @property
    def width(self) -> int:
        return width_of(f"{self.name}={self.value}")

    def painted(self, paint: Paint) -> str:
        return f"{paint.name}{self.name}{paint.reset}={self.value}"

    def cut(self, width: int) -> Piece:
        return Piece(self.name, cut(self.value, max(width - width_of(self.name) - 1, 8)))


def _pieces(values: Mapping[str, Any], mark: str) -> Iterator[Piece]:
    for key, value in values.items():
        yield Piece(mark + shown(key), shown_value(value))


def _fits(head: str, pieces: Sequence[Piece], width: int) -> bool:
    return width_of(head) + sum(piece.width + 2 for piece in pieces) <= width


def _below(pieces: Sequence[Piece], look: Look) -> Iterator[str]:
    """As many on a line as fit; one that does not fit a line is cut."""
    assert look.width is not None
    room = look.width - len(INDENT)
    line: list[str] = []
    used = 0
    for piece in (each.cut(room) for each in pieces):
        if line and used + 2 + piece.width > room:
            yield INDENT + "  ".join(line)
            line, used = [], 0
        used += piece.width + (2 if line else 0)
        line.append(piece.painted(look.paint))
    if line:
        yield INDENT + "  ".join(line)


def shown_value(value: Any) -> str:
    """Simple text without quotes, all else as JSON."""
    if isinstance(value, str) and _PLAIN.fullmatch(value):
        return shown(value)
    return shown(_json(value))


def _json(value: Any) -> str:
    """Letters of any language as they are."""
    match value:
        case str():
            return json.dumps(value, ensure_ascii=False)
        case dict():
            fields = cast("dict[str, Any]", value).items()
            return "{" + ", ".join(f"{_json(key)}: {_json(each)}" for key, each in fields) + "}"
        case list():
            return "[" + ", ".join(map(_json, cast("Sequence[Any]", value))) + "]"
        case _:
            return json_text(value)


def shown(text: str) -> str:
    return _UNSAFE.sub(_escape, text)


def width_of(text: str) -> int:
    """Columns of a terminal."""
    return sum(map(_columns, text))


def cut(text: str, width: int | None) -> str:
    """What fits; all of it is in `--format json`."""
    if width is None or width_of(text) <= width:
        return text
    return f"{_first_columns(text, width - 1)}…"


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _first_columns(text: str, room: int) -> str:
    used = 0
    for index, character in enumerate(text):
        used += _columns(character)
        if used > room:
            return text[:index]
    return text


def _escape(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()


def _json_escape(found: re.Match[str]) -> str:
    return json.dumps(found[0])[1:-1]
