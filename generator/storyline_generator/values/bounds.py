"""Says why a Python value breaks a constraint. It knows values and bounds, and no types."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sized
from decimal import Context, Decimal

from storyline_generator.schema import Constraints

_WIDE = Context(prec=3000)
"""Wide enough for every number that is let in, so that a remainder is exact."""


def breach(value: object, constraints: Constraints) -> str:
    """The first constraint that a value breaks, in words; empty if it keeps them all."""
    return next(_breaches(value, constraints), "")


def _breaches(value: object, constraints: Constraints) -> Iterator[str]:
    match value:
        case str():
            yield from _text_breaches(value, constraints)
        case bool():
            return
        case int() | float() | Decimal():
            yield from _number_breaches(value, constraints)
        case Sized():
            yield from _size_breaches(len(value), constraints)
        case _:
            return


def _text_breaches(text: str, constraints: Constraints) -> Iterator[str]:
    shortest, longest = constraints.min_length, constraints.max_length
    if shortest is not None and len(text) < shortest:
        yield f"this has {len(text)} characters, and must have at least {shortest}"
    if longest is not None and len(text) > longest:
        yield f"this has {len(text)} characters, and must have at most {longest}"
    if constraints.pattern is not None and not _matches(constraints.pattern, text):
        yield f"this does not match the pattern `{constraints.pattern}`"


def _number_breaches(number: int | float | Decimal, constraints: Constraints) -> Iterator[str]:
    exact = _exact(number)
    if (lowest := _bound(constraints.min)) is not None and exact < lowest:
        yield f"this is less than {lowest}"
    if (highest := _bound(constraints.max)) is not None and exact > highest:
        yield f"this is more than {highest}"
    if (step := _bound(constraints.multiple_of)) and _WIDE.remainder(exact, step):
        yield f"this is not a multiple of {step}"
    yield from _digit_breaches(exact, constraints)


def _digit_breaches(number: Decimal, constraints: Constraints) -> Iterator[str]:
    """As pydantic counts: zeros at the end are forgiven, and digits that are not used for decimal
    places are not free for the whole part."""
    written, needed = _digits(number), _digits(number.normalize())
    digits, places = map(min, written, needed)
    most, most_places = constraints.max_digits, constraints.decimal_places
    if most_places is not None and places > most_places:
        yield f"this has {places} decimal places, and may have {most_places}"
    if most is not None and digits > most:
        yield f"this has {digits} digits, and may have {most}"
    whole = min(written[0] - written[1], needed[0] - needed[1])
    if most is not None and most_places is not None and whole > max(0, most - most_places):
        yield f"this has {whole} digits before the point, and may have {most - most_places}"


def _digits(number: Decimal) -> tuple[int, int]:
    """How many digits, and how many of them after the point."""
    _, digits, exponent = number.as_tuple()
    places = max(0, -int(exponent))
    return max(len(digits) + max(0, int(exponent)), places), places


def _size_breaches(size: int, constraints: Constraints) -> Iterator[str]:
    fewest, most = constraints.min_items, constraints.max_items
    if fewest is not None and size < fewest:
        yield f"this has {size} items, and must have at least {fewest}"
    if most is not None and size > most:
        yield f"this has {size} items, and may have at most {most}"


def _matches(pattern: str, text: str) -> bool:
    """A pattern that does not compile matches everything here: a check reports it."""
    try:
        return re.search(pattern, text) is not None
    except (re.error, RecursionError, OverflowError):
        return True


def _bound(bound: object) -> Decimal | None:
    return _exact(bound) if isinstance(bound, int | float | Decimal) else None


def _exact(number: int | float | Decimal) -> Decimal:
    """A float means the digits that were written."""
    return Decimal(repr(number)) if isinstance(number, float) else Decimal(number)
