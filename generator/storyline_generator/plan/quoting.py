"""Text of a schema → Python source that means that text. Nothing else puts quotes around a value.

What a reader could not see, or be fooled by, is escaped.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from functools import cache

from storyline_generator.invisible import INVISIBLE

WIDTH = 78
"""Of documentation: with quotes and one indentation it fills a line of 88."""

_INVISIBLE = re.compile(rf"[{INVISIBLE}\ud800-\udfff\ue000-\uf8ff]")
"""And halves of surrogate pairs, and characters of private use."""
_NAMED_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


@cache
def quoted(text: str) -> str:
    """A string literal."""
    return '"' + _escaped(text).replace('"', '\\"') + '"'


def quoted_tuple(texts: Iterable[str]) -> str:
    """A tuple of string literals, without a last comma, which would keep lines apart."""
    literals = [quoted(text) for text in texts]
    return f"({literals[0]},)" if len(literals) == 1 else f"({', '.join(literals)})"


def quoted_bytes(value: bytes) -> str:
    """A bytes literal; all of ASCII, so `repr` is the same everywhere."""
    return repr(value)


@cache
def docstring(text: str) -> str:
    """A docstring, wrapped. Empty text gives none."""
    if not text:
        return ""
    lines = [wrapped for line in _lines(text) for wrapped in _wrapped(line)]
    body = "\n".join(_escaped(line) for line in lines)
    return f'"""{_without_closing_quotes(body)}{_last_line(lines)}"""' if body else ""


def comment(text: str) -> str:
    """One line that can stand after `#` or `--`."""
    return _INVISIBLE.sub(_escape, " ".join(_lines(text)))


def _lines(text: str) -> list[str]:
    plain = text.replace("\r\n", "\n").expandtabs(4).strip()
    return [line.rstrip(" ") for line in plain.split("\n")]


def _wrapped(line: str) -> list[str]:
    if line.isprintable() and "  " not in line and not line.startswith(" "):
        return list(_filled(line))
    return textwrap.wrap(line, WIDTH, break_long_words=False, break_on_hyphens=False) or [""]


def _filled(words: str) -> Iterator[str]:
    """As `textwrap` does it, which takes its time for what plain text never has."""
    while len(words) > WIDTH:
        end = words.rfind(" ", 0, WIDTH + 1)
        if end < 0:
            end = words.find(" ")
        if end < 0:
            break
        yield words[:end]
        words = words[end + 1 :]
    yield words


def _last_line(lines: list[str]) -> str:
    """Closing quotes stand alone below several lines, as formatters leave them."""
    return "\n" if len(lines) > 1 else ""


def _without_closing_quotes(text: str) -> str:
    """No run of quotes in it, and none at its ends, so that it can stand between three of them."""
    return re.sub(r'^"+|"{2,}|"$', lambda quotes: quotes[0].replace('"', '\\"'), text)


def _escaped(text: str) -> str:
    return _INVISIBLE.sub(_escape, text.replace("\\", "\\\\"))


def _escape(character: re.Match[str]) -> str:
    code = ord(character[0])
    if character[0] in _NAMED_ESCAPES:
        return _NAMED_ESCAPES[character[0]]
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
