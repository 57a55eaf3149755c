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
from storyline_generator.lint.lookups import is_served_by_a_stream, looks_up
from storyline_generator.schema import FilterItem, Schema


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
    return looks_up(item) and not is_served_by_a_stream(item, schema)
