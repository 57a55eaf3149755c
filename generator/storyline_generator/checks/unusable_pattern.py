"""A pattern is not a regular expression that can be used everywhere.

Patterns are checked by Python's `re` when code is generated, and by pydantic's engine, which
promises to need no more than linear time, when events are written. That one has no lookaround, no
backreferences, no conditionals, no atomic groups, and spells `\\Z` as `\\z`.

Example: a parenthesis is not closed.

    [types]
    Code = { base = "str", pattern = "^([A-Z]+$" }
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator

from storyline_generator.checks.parts import constrained
from storyline_generator.diagnostics import Diagnostic
from storyline_generator.schema import Schema

_UNSUPPORTED = {
    r"\(\?<?[=!]": "lookaround",
    r"\\[1-9]|\(\?P=": "backreferences",
    r"\(\?\(": "conditionals",
    r"\(\?>": "atomic groups",
    r"[*+?}]\+": "possessive quantifiers",
    r"\\Z": "`\\Z` (use `$`)",
}
_LITERAL = re.compile(r"\\\\|\\[^1-9Z]|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
"""What says nothing about the features in use: an escaped character, a set of characters."""


def check(schema: Schema) -> Iterator[Diagnostic]:
    for _, constraints, place in constrained(schema):
        if constraints.pattern is not None and (fault := _fault(constraints.pattern)):
            message = f"this pattern cannot be used: {fault}."
            yield Diagnostic("unusable-pattern", message, (place / "pattern").value)


def _fault(pattern: str) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(pattern)
    except re.error as error:
        return f"{error.msg} at character {(error.pos or 0) + 1}"
    except (Warning, OverflowError, RecursionError) as error:
        return f"{error}"
    bare = _LITERAL.sub("x", pattern)
    used = (name for feature, name in _UNSUPPORTED.items() if re.search(feature, bare))
    feature = next(used, "")
    return f"pydantic's engine does not have {feature}" if feature else ""
