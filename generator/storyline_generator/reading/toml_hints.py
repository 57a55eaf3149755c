"""What tomli says about a text, and what stands there → the way forward, for those new to TOML."""

from __future__ import annotations

import re

_OF_MESSAGES = (
    (r"Illegal character '\\n'", "close the text with a quote, or put three quotes around it"),
    (r"Illegal character|Found invalid", r"leave it out, or write it escaped, e.g. `\u001b`"),
    ("Unescaped", r"write `\\`, or put the text in single quotes"),
    (r"Unterminated string|Expected \"'", "close the text with the quotes that it begins with"),
    (r"Invalid (initial|statement)", "put the key in quotes, unless it is like `a-z_0-9`"),
    (r"Expected '='", "write `key = value`"),
    (r"Expected '\]|Unclosed array", "close it with a bracket"),
    (r"Unclosed inline table", "close the table with `}` in the same line"),
    (r"Expected newline", "put what follows in a line of its own, or the whole value in quotes"),
)
_OF_VALUES = (
    (r"\s*(#|\n|$)", "write a value after the `=`"),
    (r"(?i)true\b", "write `true`"),
    (r"(?i)false\b", "write `false`"),
    (r"(?i)(null|none|nil)\b", "leave out the key: TOML has nothing that means nothing"),
    ("[\u2018-\u201f«»`]", 'write straight quotes: `"`'),
    (r"[^\W\d]", 'put text in quotes: `"…"`'),
)


def hint_for(message: str, rest: str) -> str:
    """`rest`: the text from where it no longer makes sense."""
    if rest.startswith("\r") and not rest.startswith("\r\n"):
        return "end lines with a line feed, with or without a carriage return before it"
    pairs = _OF_VALUES if message.startswith("Invalid value") else _OF_MESSAGES
    subject = rest if message.startswith("Invalid value") else message
    return next((hint for pattern, hint in pairs if re.match(pattern, subject)), "")
