"""A query → the append condition that the database checks under its lock: types and JSON paths.

A path may let too much through, never too little: the client has the last word, by
`Query.matches_stored`. So it is with decimals: stored as text, asked for as numbers, they make the
path's answer unknown, which the database takes for a yes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import count
from typing import Any, NamedTuple

from storyline.exact import json_text
from storyline.expressions import Asked, Shape
from storyline.fields import Condition
from storyline.operators import Operator
from storyline.queries import Query

_TESTS: Mapping[Operator, str] = {
    Operator.EQ: "{at} == {operand}",
    Operator.NEQ: "!({at} == {operand})",
    Operator.IN: "{at} == {operand}[*]",
    Operator.NIN: "!({at} == {operand}[*])",
    Operator.GT: "{at} > {operand}",
    Operator.GTE: "{at} >= {operand}",
    Operator.LT: "{at} < {operand}",
    Operator.LTE: "{at} <= {operand}",
    Operator.CONTAINS: "{at}[*] == {operand}",
}
_IS_THERE = '{at}.type() != "null"'
"""Not `exists(…) && … != null`: that looks into a list, and finds nothing in an empty one."""


class AppendCondition(NamedTuple):
    """What must not have happened: an event of the types, a line each, whose data the path matches.

    Without a path, whatever its data are. `vars`: JSON of the path's variables; the database gives
    `type`, if it is among them, the type of the event.
    """

    types: str
    path: str | None
    vars: str


def append_condition(query: Query[Any]) -> AppendCondition:
    quick = [tuple(filter(_is_quick, item.conditions)) for item in query.items]
    types, path, asks_type = _path(
        tuple(
            Shape(item.stored_types, tuple(map(Asked.of, conditions)))
            for item, conditions in zip(query.items, quick, strict=True)
        )
    )
    operands = (json_text(condition.operand) for conditions in quick for condition in conditions)
    variables = [f'"v{number}": {operand}' for number, operand in enumerate(operands)]
    if asks_type:
        variables.append('"type": null')
    return AppendCondition(types, path, f"{{{', '.join(variables)}}}")


_MOST_VALUES = 100
"""Of an `in`. A path compares with one after the other, for each newer event, under the lock."""


@lru_cache
def _path(items: Sequence[Shape]) -> tuple[str, str | None, bool]:
    """The types, the path, and whether it asks for the type: where the items have different ones.

    Kept: writing it takes longer than the database takes to check it.
    """
    types = dict.fromkeys(type for item in items for type in item.types)
    asks_type = any({*item.types} != {*types} for item in items)
    numbers = count()
    tests = [_item_test(item, asks_type, numbers) for item in items]
    path = " || ".join(f"({test})" for test in tests) if all(tests) else ""
    return "\n".join(types), path or None, asks_type


def _item_test(item: Shape, asks_type: bool, numbers: Iterator[int]) -> str:
    tests = [_test(asked, f"$v{next(numbers)}") for asked in item.conditions]
    if asks_type:
        tests.insert(0, " || ".join(f"$type == {json.dumps(type)}" for type in item.types))
    return " && ".join(f"({test})" for test in tests)


def _is_quick(condition: Condition) -> bool:
    return not isinstance(condition.operand, tuple) or len(condition.operand) <= _MOST_VALUES


def _test(asked: Asked, operand: str) -> str:
    """Of a field with older keys, any may hold it, unless it must not be there or equal something.

    Then the test of its own key alone lets more through, as the path may.
    """
    field = asked.field
    tests = [_test_at(f"$.{json.dumps(key)}", asked, operand) for key in field.keys]
    if _is_negative(asked):
        return tests[0]
    if field.absent is not None:
        there = (_IS_THERE.format(at=f"$.{json.dumps(key)}") for key in field.keys)
        tests.append(f"!({' || '.join(f'({test})' for test in there)})")
    return " || ".join(f"({test})" for test in tests) if len(tests) > 1 else tests[0]


def _is_negative(asked: Asked) -> bool:
    is_absence = asked.operator is Operator.EXISTS and not asked.there
    return is_absence or asked.operator in (Operator.NEQ, Operator.NIN)


def _test_at(at: str, asked: Asked, operand: str) -> str:
    if asked.operator is Operator.EXISTS:
        there = _IS_THERE.format(at=at)
        return there if asked.there else f"!({there})"
    return _TESTS[asked.operator].format(at=at, operand=operand)
