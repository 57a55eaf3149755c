"""Loosest bounds: whatever keeps the bounds of either shape keeps those of both together."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from storyline_generator.lock.bounds import loosest
from storyline_generator.lock.tree import Tree
from storyline_generator.schema import Constraints
from storyline_generator.values.bounds import breach

SIZES = st.integers(0, 4)
STEPS = st.sampled_from([1, 2, 3, 4, 6, "0.5", "1.5"])
NUMBERS = st.fixed_dictionaries(
    {},
    optional={
        "min": st.integers(-5, 5),
        "max": st.integers(-5, 5),
        "max_digits": st.integers(1, 4),
        "decimal_places": SIZES,
        "multiple_of": STEPS,
        "base_multiple_of": STEPS,
    },
)
PATTERNS = st.sampled_from(["^a", "b$", "^[ab]*$"])
TEXTS = st.fixed_dictionaries(
    {},
    optional={
        "min_length": SIZES,
        "max_length": SIZES,
        "pattern": PATTERNS,
        "base_pattern": PATTERNS,
    },
)
DECIMALS = st.decimals(-9999, 9999, places=2) | st.decimals(-9, 9, places=4)


def keeps(value: Any, bounds: Tree) -> bool:
    """Those of the type, which are called `base_…`, and those of the field."""
    own = {name: bound for name, bound in bounds.items() if not name.startswith("base_")}
    base = {name[5:]: bound for name, bound in bounds.items() if name.startswith("base_")}
    return not any(breach(value, Constraints(**typed(some))) for some in (own, base))


def typed(bounds: dict[str, Any]) -> dict[str, Any]:
    exact = ("min", "max", "multiple_of")
    return {name: Decimal(b) if name in exact else b for name, b in bounds.items()}


@given(DECIMALS, NUMBERS, NUMBERS)
def test_a_number_that_keeps_either_keeps_both(value: Decimal, one: Tree, other: Tree) -> None:
    if keeps(value, one) or keeps(value, other):
        assert keeps(value, loosest(one, other))


@given(st.text("ab", max_size=5), TEXTS, TEXTS)
def test_a_text_that_keeps_either_keeps_both(value: str, one: Tree, other: Tree) -> None:
    if keeps(value, one) or keeps(value, other):
        assert keeps(value, loosest(one, other))


@given(NUMBERS | TEXTS)
def test_equal_bounds_stay(bounds: dict[str, Any]) -> None:
    value: Tree = {**bounds, "type": "str", "optional": True}
    assert keeps_as_much(loosest(value, bounds), bounds)


def keeps_as_much(found: Tree, bounds: dict[str, Any]) -> bool:
    """One of two equal bounds, or of a step and its multiple, says it all."""
    kept = set(found.values())
    return all(name in found for name in bounds if not name.startswith("base_")) and kept <= {
        *bounds.values()
    }


def test_wide_and_exact_digits_together_are_wider_than_either() -> None:
    wide, exact = {"max_digits": 8, "decimal_places": 1}, {"max_digits": 10, "decimal_places": 4}
    assert loosest(wide, exact) == {"max_digits": 11, "decimal_places": 4}


def test_a_pattern_that_is_new_is_none_for_older_rows() -> None:
    assert loosest({"pattern": "a", "base_pattern": "b"}, {"pattern": "b"}) == {"pattern": "b"}
    assert loosest({}, {"pattern": "b"}) == {}
