"""Turns a TOML value into the Python value of a built-in type. It knows no bounds and no places."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import TypeVar, cast
from uuid import UUID

from storyline_generator.reading.document import kind_of
from storyline_generator.schema import Scalar

_DEEPEST = 50
_LARGEST = 2**63
_MOST_DIGITS = 500
_DURATION = re.compile(
    r"(?P<sign>-?)P(?=.)(?:(?P<weeks>\d{1,9})W)?(?:(?P<days>\d{1,9})D)?"
    r"(?:T(?=.)(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,9})M)?"
    r"(?:(?P<seconds>\d{1,9}(?:\.\d{1,6})?)S)?)?",
    re.ASCII,
)


class MisfitError(Exception):
    """A value is not of the type."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def scalar_value(scalar: Scalar, value: object) -> object:
    """The Python value; raises `MisfitError`."""
    return _READERS[scalar](value)


def json_value(value: object, depth: int = 0) -> object:
    """Anything that JSON can say, as it is; raises `MisfitError`."""
    if depth > _DEEPEST:
        raise MisfitError(f"this is nested more than {_DEEPEST} levels deep")
    match value:
        case dict():
            table = cast(dict[str, object], value)
            return {_text(key): json_value(part, depth + 1) for key, part in table.items()}
        case list():
            return [json_value(part, depth + 1) for part in cast(list[object], value)]
        case str():
            return _text(value)
        case bool():
            return value
        case int():
            return _int(value)
        case float():
            return _float(value)
        case _:
            raise MisfitError(f"JSON cannot say {kind_of(value)}; write it as text")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _not("text", value)
    if "\0" in value:
        raise MisfitError("text cannot contain the NUL character, which PostgreSQL does not store")
    return value


def _bool(value: object) -> bool:
    if not isinstance(value, bool):
        raise _not("true or false", value)
    return value


def _int(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _not("a whole number", value)
    if not -_LARGEST <= value < _LARGEST:
        raise MisfitError("this does not fit in 64 bits")
    return value


def _float(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise _not("a number", value)
    number = float(_int(value)) if isinstance(value, int) else value
    if not math.isfinite(number):
        raise MisfitError(f"JSON cannot say {number}")
    return number


def _decimal(value: object) -> Decimal:
    """As text, or as a number: then it means the digits that were written."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _not('a decimal number, best as text like `"0.10"`', value)
    text = value if isinstance(value, str) else repr(value)
    try:
        number = Decimal(_text(text))
    except InvalidOperation:
        raise MisfitError(f"`{value}` is not a decimal number") from None
    if not number.is_finite():
        raise MisfitError(f"`{value}` is not a finite number")
    if len(number.as_tuple().digits) > _MOST_DIGITS or abs(number.adjusted()) > _MOST_DIGITS:
        raise MisfitError(f"this has more than {_MOST_DIGITS} digits")
    return number


def _uuid(value: object) -> UUID:
    text = _text(value)
    try:
        uuid = UUID(text)
    except ValueError:
        raise MisfitError(f"`{text}` is not a UUID") from None
    if str(uuid) != text.lower():
        raise MisfitError(f"write this UUID as `{uuid}`")
    return uuid


def _date(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    return _parsed(date.fromisoformat, value, "a date like `2026-11-23`")


def _datetime(value: object) -> datetime:
    wanted = "a date with a time and its offset, like `2026-11-23T06:10:00Z`"
    if isinstance(value, datetime):
        instant = value
    else:
        instant = _parsed(datetime.fromisoformat, value, wanted)
    if instant.tzinfo is None:
        raise MisfitError("this says no offset from UTC; add `Z` or an offset like `+01:00`")
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise MisfitError("in UTC this lies outside of the years 1 to 9999") from None


def _time(value: object) -> time:
    wanted = "a time like `06:10:00`"
    clock = value if isinstance(value, time) else _parsed(time.fromisoformat, value, wanted)
    if clock.tzinfo is not None:
        raise MisfitError("a time has no offset from UTC; a `datetime` has")
    return clock


def _duration(value: object) -> timedelta:
    return _parsed(_duration_of_text, value, "a duration like `P1DT2H30M` (no years or months)")


def _duration_of_text(text: str) -> timedelta:
    match = _DURATION.fullmatch(text)
    if not match:
        raise ValueError(text)
    sign, *_ = match.groups()
    parts = {unit: Decimal(n) for unit, n in match.groupdict().items() if n and unit != "sign"}
    seconds = parts.pop("seconds", Decimal(0))
    whole = timedelta(**{unit: int(number) for unit, number in parts.items()})
    duration = whole + timedelta(microseconds=int(seconds * 1_000_000))
    return -duration if sign else duration


def _bytes(value: object) -> bytes:
    return _parsed(lambda text: base64.b64decode(text, validate=True), value, "base64 text")


T = TypeVar("T")


def _parsed(parse: Callable[[str], T], value: object, wanted: str) -> T:
    if not isinstance(value, str):
        raise _not(wanted, value)
    try:
        return parse(value)
    except (ValueError, OverflowError):
        raise MisfitError(f"`{value}` is not {wanted}") from None


def _not(wanted: str, value: object) -> MisfitError:
    return MisfitError(f"this must be {wanted}, not {kind_of(value)}")


_READERS: Mapping[Scalar, Callable[[object], object]] = {
    Scalar.STR: _text,
    Scalar.INT: _int,
    Scalar.FLOAT: _float,
    Scalar.BOOL: _bool,
    Scalar.DECIMAL: _decimal,
    Scalar.UUID: _uuid,
    Scalar.DATE: _date,
    Scalar.DATETIME: _datetime,
    Scalar.TIME: _time,
    Scalar.DURATION: _duration,
    Scalar.BYTES: _bytes,
    Scalar.JSON: json_value,
}
