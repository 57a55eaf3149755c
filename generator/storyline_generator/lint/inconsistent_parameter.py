"""Two filters ask for the same field by parameters of different names.

Each parameter becomes a keyword argument. Whoever calls `one_item(item_id=…)` expects the next
function to call it `item_id`, too; and a validator that reads several sources takes a parameter of
the same name once, but `item` and `item_id` as two. The key of a stream is a parameter of its name.

Only equality counts, as a range has names such as `before` and `after`. A filter that asks for one
field under several names needs them.

Example: `$item` in one filter, `$item_id` in another.

    [filters.one_item]
    where.item_id = "$item_id"

    [filters.additions]
    events = ["ITEM_ADDED"]
    where.item_id = "$item"
"""

from __future__ import annotations

from collections.abc import Iterator

from storyline_generator.diagnostics import Diagnostic, Place, Related
from storyline_generator.schema import Condition, Filter, Operator, Parameter, Schema, Type

_Asked = tuple[str, Type]


def check(schema: Schema) -> Iterator[Diagnostic]:
    first = {
        (stream.key.name, stream.key.type): (stream.key.name, stream.key.place)
        for stream in schema.streams.values()
    }
    for filter in schema.filters.values():
        for asked, condition, name in _only_names(filter):
            usual, place = first.setdefault(asked, (name, condition.place.value))
            if name != usual:
                yield _inconsistent(condition, name, usual, place)


def _only_names(filter: Filter) -> Iterator[tuple[_Asked, Condition, str]]:
    """Of each field that the filter asks for under one name: the first condition, and the name."""
    found: dict[_Asked, dict[str, Condition]] = {}
    for condition in (each for item in filter.items for each in item.conditions):
        if condition.operator is Operator.EQ and isinstance(condition.operand, Parameter):
            asked = (condition.field.name, condition.field.type)
            found.setdefault(asked, {}).setdefault(condition.operand.name, condition)
    for asked, names in found.items():
        if len(names) == 1:
            for name, condition in names.items():
                yield asked, condition, name


def _inconsistent(condition: Condition, name: str, usual: str, place: Place) -> Diagnostic:
    return Diagnostic(
        "inconsistent-parameter",
        f"`{condition.field.name}` is asked for by `${name}` here, and by `${usual}` elsewhere.",
        condition.place.value,
        (Related(f"`{usual}` here", place),),
        f"write `${usual}`",
        "warning",
    )
