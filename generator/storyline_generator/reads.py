"""What a projection reads for all of its states together: the events, and what its filters ask.

A state is then made of those events that have its key. It must not know how any of it is generated.
"""

from __future__ import annotations

from collections.abc import Iterator

from storyline_generator.schema import (
    Condition,
    FilterItem,
    Operator,
    Parameter,
    Projection,
    Schema,
)


def reads(schema: Schema, projection: Projection) -> tuple[FilterItem, ...] | None:
    """None where only the caller can say: no event has the key, or a filter asks for more."""
    if projection.key and not projection.keys:
        return None
    if any(_asks_the_caller(item) for item in _items(schema, projection)):
        return None
    return rows(schema, projection)


def rows(schema: Schema, projection: Projection) -> tuple[FilterItem, ...]:
    """What it reads of all of its sources; nothing is asked of events that are read anyway."""
    items = tuple(_items(schema, projection))
    whole = [event for item in items if not item.conditions for event in item.events]
    asking = [_only(item, set(item.events) - set(whole)) for item in items if item.conditions]
    return tuple(
        item for item in (FilterItem(tuple(dict.fromkeys(whole)), ()), *asking) if item.events
    )


def _items(schema: Schema, projection: Projection) -> Iterator[FilterItem]:
    for source in projection.sources:
        stream = schema.streams.get(source)
        whole = (FilterItem(stream.events, ()),) if stream else ()
        for item in whole or schema.filters[source].items:
            yield _without_key(_only(item, set(projection.events)), projection)


def _only(item: FilterItem, events: set[str]) -> FilterItem:
    return FilterItem(tuple(event for event in item.events if event in events), item.conditions)


def _without_key(item: FilterItem, projection: Projection) -> FilterItem:
    """A filter that asks for the key is answered by whichever state it is."""
    conditions = (
        asked for asked in item.conditions if not _is_the_key(asked, item.events, projection)
    )
    return FilterItem(item.events, tuple(conditions))


def _is_the_key(asked: Condition, events: tuple[str, ...], projection: Projection) -> bool:
    return (
        projection.key is not None
        and asked.operator in (Operator.EQ, Operator.CONTAINS)
        and asked.operand == projection.key
        and all(
            event in projection.keys and projection.keys[event].field == asked.field.name
            for event in events
        )
    )


def _asks_the_caller(item: FilterItem) -> bool:
    return bool(item.events) and any(isinstance(c.operand, Parameter) for c in item.conditions)
