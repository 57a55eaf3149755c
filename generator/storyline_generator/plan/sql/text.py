"""Python text → SQL text. The only door through which a name or value of a schema enters SQL.

It knows PostgreSQL's rules of quoting, and nothing of what the text is for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import count

LONGEST_IDENTIFIER = 63
"""Bytes. PostgreSQL silently cuts what is longer, so two long names could become one."""

_NEEDS_ESCAPE = re.compile(r"[\\\x01-\x1f\x7f]")


def identifier(name: str) -> str:
    """The name in double quotes: reserved words and capitals are safe in it."""
    _refuse_nul(name)
    if not 0 < len(name.encode()) <= LONGEST_IDENTIFIER:
        raise ValueError(f"PostgreSQL cannot keep the name {name!r}: it takes 1 to 63 bytes")
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """The text as a constant on one line, read alike under every setting of the server.

    One line, because a migration file is cut into sections at lines that begin with `-- migrate:`.
    """
    _refuse_nul(text)
    quoted = "'" + text.replace("'", "''") + "'"
    if not _NEEDS_ESCAPE.search(text):
        return quoted
    return "E" + _NEEDS_ESCAPE.sub(lambda found: f"\\x{ord(found[0]):02x}", quoted)


def literals(texts: Iterable[str]) -> str:
    """A list for `in (…)`, sorted: the same set gives the same text, in an index and in a query."""
    return ", ".join(literal(text) for text in sorted(texts))


def dollar_quote(*contents: str) -> str:
    """A delimiter for a function's body that occurs in none of what is printed into the body."""
    delimiters = (f"$body{number or ''}$" for number in count())
    return next(d for d in delimiters if not any(d in content for content in contents))


def _refuse_nul(text: str) -> None:
    if "\x00" in text:
        raise ValueError(f"PostgreSQL text cannot hold the character NUL: {text!r}")
