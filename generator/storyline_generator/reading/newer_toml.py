"""Finds TOML 1.1 in a text that tomli has read: schemas are TOML 1.0, which every tool reads."""

from __future__ import annotations

import re
from collections.abc import Iterator

from storyline_generator.reading.comments import OPAQUE, STRING_OR_COMMENT
from storyline_generator.reading.spans import scan
from storyline_generator.source import Span

_NEWER_SCALAR = re.compile(r"\\[ex]|\d\d:\d\d(?!:?\d)")
_TRAILING_COMMA = re.compile(r",\s*\}")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_SHORT_TIME = re.compile(r"(\d{4}-\d\d-\d\d[Tt ])?\d\d:\d\d([Zz+-].*)?")
_TOKEN = re.compile(OPAQUE + r" | \n | \S", re.VERBOSE | re.DOTALL)
_ONE_LINE_TABLE = re.compile(r"\{[^{}\n]*\}")
_ESCAPES = "the escapes `\\e` and `\\x`"
_SPREAD_OUT = "line breaks and trailing commas in inline tables"
_SHORT_TIMES = "times without seconds"
REMEDIES = {
    _ESCAPES: "write `\\u` and four digits, e.g. `\\u001b`",
    _SPREAD_OUT: "put it on one line, without a comma at its end",
    _SHORT_TIMES: "write the seconds, e.g. `09:30:00`",
}
"""What to write instead, by what it is."""


def newer_syntax(text: str) -> Iterator[tuple[Span, str]]:
    """Each place with syntax of TOML 1.1, and what it is."""
    if not _is_suspect(text):
        return
    for entry in scan(text):
        for span in dict.fromkeys((entry.key, entry.value)):
            if what := _newer(text[span.start : span.end]):
                yield span, what


def _is_suspect(text: str) -> bool:
    """False where nothing can be newer, and the text need not be scanned, which is slow."""
    if _NEWER_SCALAR.search(text) or _TRAILING_COMMA.search(text):
        return True
    rest, found = STRING_OR_COMMENT.sub("", text), 1
    while found:
        rest, found = _ONE_LINE_TABLE.subn("", rest)
    return "{" in rest


def _newer(part: str) -> str:
    if part.startswith('"') and any(escape[1] in "ex" for escape in _ESCAPE.finditer(part)):
        return _ESCAPES
    if part.startswith("{") and _is_spread_out(part):
        return _SPREAD_OUT
    if _SHORT_TIME.fullmatch(part):
        return _SHORT_TIMES
    return ""


def _is_spread_out(table: str) -> bool:
    """Within an array, line breaks and trailing commas have always been fine."""
    depth, last = 0, ""
    for match in _TOKEN.finditer(table):
        token = match[0]
        depth += (token == "[") - (token == "]")
        if depth == 0 and (token == "\n" or (token, last) == ("}", ",")):
            return True
        last = token
    return False
