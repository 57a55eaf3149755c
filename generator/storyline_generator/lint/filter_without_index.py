"""A filter looks for values, and does not say whether there is an index to find them by.

Without an index the database reads the log from its beginning: a little slower with every event
that is recorded. An index is not free either, as each append writes to it. So the choice is said:
`index = true`, or `index = false` for what is asked rarely. Where a filter asks for the key of a
stream, the index of that stream serves it, and nothing needs to be said.

Example:

    [filters.large_payments]
    events = ["ORDER_PAID"]
    where.amount.gte = "$minimum"
"""

from __future__ import annotations

from collections.abc import Iterator

from storyline_generator.diagnostics import Diagnostic
from storyline_generator.schema import FilterItem, Operator, Schema

_EQUALITIES = (Operator.EQ, Operator.IN)
_LOOKED_UP = (
    *_EQUALITIES,
    Operator.GT,
    Operator.GTE,
    Operator.LT,
    Operator.LTE,
    Operator.CONTAINS,
)


def check(schema: Schema) -> Iterator[Diagnostic]:
    for filter in schema.filters.values():
        if filter.index is None and any(_scans(item, schema) for item in filter.items):
            yield Diagnostic(
                "filter-without-index",
                f"`{filter.name}` looks for values without an index.",
                filter.place,
                hint="write `index = true`, or `index = false` if it is asked rarely",
                severity="warning",
            )


def _scans(item: FilterItem, schema: Schema) -> bool:
    looks_up = any(condition.operator in _LOOKED_UP for condition in item.conditions)
    return looks_up and not _is_served_by_a_stream(item, schema)


def _is_served_by_a_stream(item: FilterItem, schema: Schema) -> bool:
    """The index of a stream covers the stream's own events only."""
    asked = {each.field.name for each in item.conditions if each.operator in _EQUALITIES}
    return any(
        stream.key.name in asked and set(item.events) <= set(stream.events)
        for stream in schema.streams.values()
    )
