"""A section of SQL → its statements, cut as PostgreSQL would: for what must run one by one.

A semicolon ends a statement, unless it stands in a string, a quoted name, a comment, a body, or
within the `begin atomic … end` of a function.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
      (?P<comment> --[^\n]* | /\* )
    | (?P<end> ; )
    | (?P<code>
        [eE]'(?:[^'\\]|\\.|'')*'
      | '[^']*'
      | "[^"]*"
      | \$(?P<tag>(?:[^\W\d]\w*)?)\$.*?\$(?P=tag)\$
      | [^\W\d][\w$]*
      | \S
    )
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_MARK = re.compile(r"/\*|\*/")


@dataclass(frozen=True, slots=True)
class Statement:
    """`line` is that of its first word, counted from 1 within the section."""

    text: str
    line: int


def statements(sql: str) -> tuple[Statement, ...]:
    """In order. What is nothing but comments is none."""
    found: list[Statement] = []
    start = -1
    words: list[str] = []
    for kind, at, token in _tokens(sql):
        if kind == "code":
            start = at if start < 0 else start
            words.append(token.lower())
        elif kind == "end" and start >= 0 and not _is_in_body(words):
            found.append(_statement(sql, start, at + 1))
            start, words = -1, []
    if start >= 0:
        found.append(_statement(sql, start, len(sql)))
    return tuple(found)


def _statement(sql: str, start: int, end: int) -> Statement:
    return Statement(sql[start:end].rstrip(), sql.count("\n", 0, start) + 1)


def _tokens(sql: str) -> Iterator[tuple[str, int, str]]:
    position = 0
    while match := _TOKEN.search(sql, position):
        is_block = match["comment"] == "/*"
        position = _end_of_comment(sql, match.end()) if is_block else match.end()
        yield str(match.lastgroup), match.start(), match[0]


def _end_of_comment(sql: str, position: int) -> int:
    """Comments nest. One that does not end takes all that is left."""
    depth = 1
    for mark in _COMMENT_MARK.finditer(sql, position):
        depth += 1 if mark[0] == "/*" else -1
        if not depth:
            return mark.end()
    return len(sql)


def _is_in_body(words: list[str]) -> bool:
    """Within `begin atomic`, which ends at the `end` that no `case` has opened."""
    depth = 0
    for before, word in zip(("", *words), words, strict=False):
        if (before, word) == ("begin", "atomic") or (depth and word == "case"):
            depth += 1
        elif depth and word == "end":
            depth -= 1
    return depth > 0
