"""No value can keep the constraints of a field or type together.

A lower bound lies above the upper one, a step is not positive, or a number has more decimal places
than digits. Nothing could ever be stored.

Example:

    [types]
    Title = { base = "str", min_length = 200, max_length = 20 }
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from storyline_generator.checks.parts import constrained
from storyline_generator.diagnostics import Diagnostic, Place, Related
from storyline_generator.schema import Constraints, Schema

_PAIRS = (
    ("min_length", "max_length"),
    ("min_items", "max_items"),
    ("min", "max"),
    ("decimal_places", "max_digits"),
)


def check(schema: Schema) -> Iterator[Diagnostic]:
    for _, constraints, place in constrained(schema):
        for lower, upper in _PAIRS:
            if _exceeds(getattr(constraints, lower), getattr(constraints, upper)):
                yield _contradiction(lower, upper, place)
        yield from _step(constraints, place)


def _exceeds(lower: object, upper: object) -> bool:
    """Bounds that are no numbers are impossible, which is another rule's business."""
    both = [bound for bound in (lower, upper) if isinstance(bound, int | float | Decimal)]
    return len(both) == 2 and both[0] > both[1]


def _contradiction(lower: str, upper: str, place: Place) -> Diagnostic:
    related = (Related(f"`{upper}` is here", (place / upper).value),)
    message = f"`{lower}` is more than `{upper}`."
    return Diagnostic("contradictory-constraints", message, (place / lower).value, related)


def _step(constraints: Constraints, place: Place) -> Iterator[Diagnostic]:
    step = constraints.multiple_of
    if isinstance(step, int | float | Decimal) and step <= 0:
        message = "`multiple_of` must be more than 0."
        yield Diagnostic("contradictory-constraints", message, (place / "multiple_of").value)
