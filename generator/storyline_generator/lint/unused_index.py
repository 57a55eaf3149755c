"""An index is asked for, and nothing would be found sooner by it.

Each append writes to every index that covers its event. One is not worth it where a filter looks
for nothing but the key of a stream, which has an index already; where it looks for no value at all;
or where a projection is found by its key, as every state is.

Example: the index of the stream `list` finds these events.

    [filters.additions_to_a_list]
    events = ["ITEM_ADDED"]
    where.list_id = "$list_id"
    index = true
"""

from __future__ import annotations

from collections.abc import Iterator

from storyline_generator.diagnostics import Diagnostic, Place
from storyline_generator.lint.lookups import asks_only_for_a_stream, looks_up
from storyline_generator.schema import Filter, FilterItem, Projection, Schema


def check(schema: Schema) -> Iterator[Diagnostic]:
    for filter in schema.filters.values():
        if filter.index and (reason := _idle_filter(filter, schema)):
            hint = "leave `index` out" if "stream" in reason else "write `index = false`"
            yield _unused(f"the index of `{filter.name}` {reason}", filter.place / "index", hint)
    for projection in schema.projections.values():
        if _indexes_its_key(projection):
            reason = f"every state of `{projection.name}` is found by its key already"
            yield _unused(reason, projection.place / "index", "leave the key out")


def _idle_filter(filter: Filter, schema: Schema) -> str:
    """Why no item of it needs an index; empty if one does."""
    if all(_finds_whole_log(item, schema) for item in filter.items):
        return "has nothing to narrow"
    if all(asks_only_for_a_stream(item, schema) for item in filter.items):
        return "finds nothing sooner than that of the stream"
    return ""


def _finds_whole_log(item: FilterItem, schema: Schema) -> bool:
    """Of some types only, an index would pass over the others."""
    return not looks_up(item) and set(item.events) == set(schema.events)


def _indexes_its_key(projection: Projection) -> bool:
    return projection.key is not None and projection.key.name in projection.index


def _unused(reason: str, place: Place, hint: str) -> Diagnostic:
    return Diagnostic("unused-index", f"{reason}.", place, hint=hint, severity="warning")
