"""Texts of a caller that PostgreSQL has to hold, and names that people have to read as well."""

from __future__ import annotations

import re

from storyline.errors import UnwritableError

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")

LONGEST_NAME = 200
"""Characters. A name is kept in an index, which bounds it too, but says so less clearly."""


def is_storable(text: str) -> bool:
    """Without a NUL and half a surrogate pair."""
    return "\0" not in text if text.isascii() else _UNSTORABLE.search(text) is None


def stored_text(name: str, value: object) -> str:
    """Raises `UnwritableError`, with what the text is called, for one that cannot be kept."""
    text = str(value)
    if not is_storable(text):
        raise UnwritableError(name, "it holds a NUL character or half a surrogate pair")
    return text


def require_printable(name: str, text: str) -> None:
    """Raises `UnwritableError` for what is neither kept in an index nor shown to people."""
    if not 1 <= len(text) <= LONGEST_NAME:
        reason = f"it has {len(text)} characters, and should have 1 to {LONGEST_NAME}"
        raise UnwritableError(name, reason)
    if not text.isprintable():
        raise UnwritableError(name, "it holds a character that cannot be printed")
