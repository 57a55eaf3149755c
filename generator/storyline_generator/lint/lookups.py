"""What an item of a filter is looked up by, and whether the index of a stream finds it already."""

from __future__ import annotations

from storyline_generator.schema import FilterItem, Operator, Schema

_EQUALITIES = frozenset({Operator.EQ, Operator.IN})
_OTHERS = frozenset({Operator.GT, Operator.GTE, Operator.LT, Operator.LTE, Operator.CONTAINS})


def looks_up(item: FilterItem) -> bool:
    """Whether it asks for values; `neq`, `nin` and `exists` exclude too little to be looked up."""
    return bool(_asked(item, _EQUALITIES | _OTHERS))


def is_served_by_a_stream(item: FilterItem, schema: Schema) -> bool:
    """The index of a stream covers the stream's own events only."""
    return bool(_asked(item, _EQUALITIES) & _keys_of_streams(item, schema))


def asks_only_for_a_stream(item: FilterItem, schema: Schema) -> bool:
    """An index of the item's own would narrow no further than that of a stream."""
    return len(_asked(item, _EQUALITIES | _OTHERS)) == 1 and is_served_by_a_stream(item, schema)


def _asked(item: FilterItem, operators: frozenset[Operator]) -> set[str]:
    return {each.field.name for each in item.conditions if each.operator in operators}


def _keys_of_streams(item: FilterItem, schema: Schema) -> set[str]:
    return {
        stream.key.name
        for stream in schema.streams.values()
        if set(item.events) <= set(stream.events)
    }
