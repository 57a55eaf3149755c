"""Bounds of a value, as facts of the lock: what keeps either of two, and so is as loose as both."""

from __future__ import annotations

from decimal import Decimal

from storyline_generator.lock.tree import Fact, Tree

LOWER = ("min_length", "min", "min_items")
UPPER = ("max_length", "max", "decimal_places", "max_digits", "max_items")
_DOUBLE = ("pattern", "multiple_of")
"""A type may have one, and a field of the type another: then that of the type is `base_…`."""
BOUNDS = (*LOWER, *UPPER, *_DOUBLE, *(f"base_{name}" for name in _DOUBLE))


def number(fact: Fact) -> Decimal:
    return Decimal(fact)


def loosest(one: Tree, other: Tree) -> dict[str, Fact]:
    """The bounds that values of both shapes keep, called as the other calls them."""
    first, second = _bounds(one), _bounds(other)
    bounds: dict[str, Fact] = {}
    for name in (*LOWER, *UPPER):
        if name in first and name in second:
            pick = min if name in LOWER else max
            bounds[name] = pick(first[name], second[name], key=number)
    if "max_digits" in bounds and "decimal_places" in bounds:
        whole = max(_whole_digits(first), _whole_digits(second))
        digits = whole + int(bounds["decimal_places"])
        bounds["max_digits"] = max(int(bounds["max_digits"]), digits)
    for name in _DOUBLE:
        bounds |= zip((name, f"base_{name}"), _common(name, first, second), strict=False)
    return bounds


def _bounds(shape: Tree) -> dict[str, Fact]:
    return {name: fact for name in BOUNDS if isinstance(fact := shape.get(name), str | int)}


def _whole_digits(bounds: dict[str, Fact]) -> int:
    """Digits that are not used for decimal places are not free for the whole part."""
    return max(0, int(bounds["max_digits"]) - int(bounds["decimal_places"]))


def _common(name: str, one: dict[str, Fact], other: dict[str, Fact]) -> list[Fact]:
    """What either asks for, if only as a part of what the other does."""
    first, second = (
        [bounds[key] for key in (name, f"base_{name}") if key in bounds] for bounds in (one, other)
    )
    if name == "pattern":
        return [pattern for pattern in second if pattern in first]
    found = (_divisor(each, step) for step in second for each in first)
    return list(dict.fromkeys(step for step in found if step is not None))


def _divisor(one: Fact, other: Fact) -> Fact | None:
    """One of the two, if the other is a multiple of it."""
    small, large = sorted((one, other), key=number)
    return small if number(large) % number(small) == 0 else None
