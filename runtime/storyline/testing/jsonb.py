"""JSON text → what PostgreSQL would make of it as `jsonb`, with exact numbers."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, cast

from storyline.exact import exact_json


def jsonb(text: str) -> Any:
    return _as_jsonb(exact_json(text))


def _as_jsonb(value: Any) -> Any:
    """Numbers as PostgreSQL prints them: `1E+2` is 100, and a zero has no sign."""
    match value:
        case Decimal():
            return Decimal(format(abs(value) if value.is_zero() else value, "f"))
        case dict():
            members = cast("dict[str, Any]", value)
            return {key: _as_jsonb(member) for key, member in members.items()}
        case list():
            return [_as_jsonb(each) for each in cast("Sequence[Any]", value)]
        case _:
            return value
