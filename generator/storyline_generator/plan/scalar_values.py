"""A value of a built-in type → the Python expression that makes it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import cast
from uuid import UUID

from storyline_generator.plan.imports import Names
from storyline_generator.plan.quoting import quoted, quoted_bytes
from storyline_generator.schema import Scalar


def scalar_expression(names: Names, scalar: Scalar, value: object) -> str:
    """Source of the value. A whole number may stand for a float or a decimal."""
    match scalar:
        case Scalar.JSON:
            return json_expression(value)
        case Scalar.FLOAT:
            return repr(float(cast(float, value)))
        case Scalar.DECIMAL:
            exact = str(value)
            digits = exact if exact.isdecimal() else quoted(exact)
            return _call(names, "decimal", "Decimal", [digits])
        case _:
            return _plain(names, value)


def _plain(names: Names, value: object) -> str:
    match value:
        case str():
            return quoted(value)
        case bytes():
            return quoted_bytes(value)
        case UUID():
            return _call(names, "uuid", "UUID", [quoted(str(value))])
        case datetime():
            return _instant(names, value.astimezone(UTC))
        case date():
            return _call(names, "datetime", "date", [value.year, value.month, value.day])
        case time():
            return _call(names, "datetime", "time", _clock(value))
        case timedelta():
            return _call(names, "datetime", "timedelta", _spans(value))
        case _:
            return repr(value)


def _call(names: Names, module: str, name: str, arguments: Iterable[object]) -> str:
    return f"{names.library(module, name)}({', '.join(map(str, arguments))})"


def _instant(names: Names, value: datetime) -> str:
    zone = f"tzinfo={names.library('datetime', 'UTC')}"
    parts = [value.year, value.month, value.day, *_clock(value.time()), zone]
    return _call(names, "datetime", "datetime", parts)


def _clock(value: time) -> list[int]:
    """Seconds, and their fractions, only where there are any."""
    exact = [value.second, value.microsecond] if value.microsecond else [value.second]
    return [value.hour, value.minute, *(exact if any(exact) else [])]


def _spans(value: timedelta) -> list[str]:
    spans = {"days": value.days, "seconds": value.seconds, "microseconds": value.microseconds}
    return [f"{name}={number}" for name, number in spans.items() if number]


def json_expression(value: object) -> str:
    """Of anything that JSON can say."""
    match value:
        case str():
            return quoted(value)
        case dict():
            pairs = cast("dict[str, object]", value).items()
            return (
                f"{{{', '.join(f'{quoted(key)}: {json_expression(item)}' for key, item in pairs)}}}"
            )
        case list() | tuple():
            return f"[{', '.join(map(json_expression, cast('Iterable[object]', value)))}]"
        case _:
            return repr(value)
