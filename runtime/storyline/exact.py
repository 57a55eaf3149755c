"""JSON text ↔ plain values whose numbers stay as written: `int` or `Decimal`, never a float.

A leaf. Comparing numbers as PostgreSQL's `numeric` does needs them exact.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, cast

MOST_DIGITS = 4000
"""Before and after the point. Python reads no longer integers, PostgreSQL not much longer ones."""

_TOO_LARGE: int = 10**MOST_DIGITS


def is_exact(number: int | Decimal) -> bool:
    """Whether every reader gets the number back as it was, and can compare it."""
    if isinstance(number, int):
        return abs(number) < _TOO_LARGE
    is_short = len(number.as_tuple().digits) <= MOST_DIGITS
    return is_short and -MOST_DIGITS < number.adjusted() < MOST_DIGITS


def exact_json(text: str) -> Any:
    return json.loads(text, parse_float=Decimal)


def json_text(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return _object_text(cast("dict[str, Any]", value))
    if isinstance(value, list | tuple):
        return _array_text(cast("Sequence[Any]", value))
    return json.dumps(value)


def _object_text(members: dict[str, Any]) -> str:
    texts = (f"{json.dumps(key)}: {json_text(value)}" for key, value in members.items())
    return "{" + ", ".join(texts) + "}"


def _array_text(values: Sequence[Any]) -> str:
    return "[" + ", ".join(json_text(value) for value in values) + "]"
