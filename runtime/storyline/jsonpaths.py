"""A query → the append condition that the database checks under its lock: types and JSON paths.

A path may let too much through, never too little: the client has the last word, by
`Query.matches_stored`. So it is with decimals: stored as text, asked for as numbers, they make the
path's answer unknown, which the database takes for a yes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from storyline.exact import json_text
from storyline.expressions import Asked
from storyline.fields import Condition
from storyline.operators import Operator
from storyline.queries import Query, QueryItem

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


def append_condition(query: Query[Any]) -> str:
    """JSON text: `[{"types", "path", "vars"}, …]`, of which any may match."""
    return f"[{', '.join([_item_condition(item) for item in query.items])}]"


_MOST_VALUES = 100
"""Of an `in`. A path compares with one after the other, for each newer event, under the lock."""


def _item_condition(item: QueryItem) -> str:
    quick = tuple(condition for condition in item.conditions if _is_quick(condition))
    operands = [
        f'"v{number}": {json_text(condition.operand)}' for number, condition in enumerate(quick)
    ]
    beginning = _beginning(item.stored_types, tuple(map(Asked.of, quick)))
    return f"{beginning}{{{', '.join(operands)}}}}}"


@lru_cache
def _beginning(types: tuple[str, ...], conditions: tuple[Asked, ...]) -> str:
    """Kept: writing it takes longer than the database takes to check it."""
    tests = [f"({_test(asked, f'$v{number}')})" for number, asked in enumerate(conditions)]
    path = " && ".join(tests) or None
    return f'{{"types": {json_text(types)}, "path": {json_text(path)}, "vars": '


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
