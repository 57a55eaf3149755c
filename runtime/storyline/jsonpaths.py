"""A query → the append condition that the database checks under its lock: types and JSON paths.

A path may let too much through, never too little: the client has the last word, by
`Query.matches_stored`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from storyline.exact import json_text
from storyline.fields import Condition, DecimalNumber, ListOf
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
    return json_text([_item_condition(item) for item in query.items])


def _item_condition(item: QueryItem) -> dict[str, Any]:
    operands = {f"v{n}": condition.operand for n, condition in enumerate(item.conditions)}
    tests = [
        test
        for name, condition in zip(operands, item.conditions, strict=True)
        for test in _tests(condition, f"${name}")
    ]
    path = " && ".join(f"({test})" for test in tests)
    return {"types": item.types, "path": path or None, "vars": operands}


def _tests(condition: Condition, operand: str) -> Iterator[str]:
    """None where JSON paths cannot tell: decimals are stored as text, which has another order."""
    at = f"$.{json.dumps(condition.field.key)}"
    if condition.operator is Operator.EXISTS:
        there = _IS_THERE.format(at=at)
        yield there if condition.operand else f"!({there})"
    elif not _is_decimal(condition):
        yield _TESTS[condition.operator].format(at=at, operand=operand)
    elif condition.operator not in (Operator.NEQ, Operator.NIN):
        yield _IS_THERE.format(at=at)


def _is_decimal(condition: Condition) -> bool:
    field = condition.field
    return isinstance(field.item if isinstance(field, ListOf) else field, DecimalNumber)
