"""Finds the comments of a text that tomli has read. What looks like one within a string is none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from storyline_generator.source import Span

OPAQUE = r''' """ (?:\\.|[^\\])*? """ "{0,2}
      | \'\'\' .*? \'\'\' \'{0,2}
      | "(?:[^"\\]|\\.)*"
      | '[^']*'
      | \#[^\n]*'''
"""Strings and comments, in which brackets mean nothing."""
STRING_OR_COMMENT = re.compile(OPAQUE, re.VERBOSE | re.DOTALL)


def comments(text: str) -> Iterator[Span]:
    """Each from its `#` to the end of the line."""
    for match in STRING_OR_COMMENT.finditer(text):
        if match[0].startswith("#"):
            yield Span(*match.span())
