"""Turns the constraint keys of a field or type into constraints; bounds are of the type's own kind.

Whether a constraint makes sense for the type is not judged here: a check does.
"""

from __future__ import annotations

from storyline_generator.diagnostics import Findings
from storyline_generator.resolver.scope import Scope
from storyline_generator.resolver.tables import Kind, Shape, Table
from storyline_generator.schema import UNCONSTRAINED, Constraints, Scalar, Type, scalar_of
from storyline_generator.values import fit

CONSTRAINTS: Shape = {
    "min_length": Kind.COUNT,
    "max_length": Kind.COUNT,
    "pattern": Kind.TEXT,
    "min": Kind.ANYTHING,
    "max": Kind.ANYTHING,
    "multiple_of": Kind.ANYTHING,
    "decimal_places": Kind.COUNT,
    "max_digits": Kind.COUNT,
    "min_items": Kind.COUNT,
    "max_items": Kind.COUNT,
}
_NUMBERS = (Scalar.INT, Scalar.FLOAT, Scalar.DECIMAL)


def resolve_constraints(table: Table, type: Type, scope: Scope) -> Findings[Constraints]:
    if CONSTRAINTS.keys().isdisjoint(table.entries):
        return UNCONSTRAINED
    scalar = scalar_of(type, scope.schema.types)
    return Constraints(
        min_length=table.count("min_length"),
        max_length=table.count("max_length"),
        pattern=table.text("pattern") if "pattern" in table.entries else None,
        min=(yield from _bound(table, "min", scalar)),
        max=(yield from _bound(table, "max", scalar)),
        multiple_of=(yield from _bound(table, "multiple_of", scalar)),
        decimal_places=table.count("decimal_places"),
        max_digits=table.count("max_digits"),
        min_items=table.count("min_items"),
        max_items=table.count("max_items"),
    )


def _bound(table: Table, key: str, scalar: Scalar | None) -> Findings[object]:
    """A number of the type's kind; as it stands where the type is no number."""
    node = table.entries.get(key)
    if node and scalar and scalar in _NUMBERS:
        return (yield from fit(node, scalar, {}))
    return node and node.value
