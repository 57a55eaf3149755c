"""Conditions and items → SQL predicates, spelled as the expressions of the migrations' indexes are.

The one place where the runtime writes SQL about fields. Names are quoted, values are parameters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, LiteralString, NamedTuple, TypeAlias

from psycopg import sql

from storyline.exact import json_text
from storyline.fields import Anything, Condition, DecimalNumber, ListOf, Number, Operand, Text
from storyline.operators import Operator
from storyline.queries import QueryItem

Parameters: TypeAlias = tuple[Any, ...]


class Predicate(NamedTuple):
    """SQL and its parameters, in order."""

    text: sql.Composable
    parameters: Parameters


class Quoted(sql.Literal):
    """A literal inside a statement with parameters, where a `%` has to be doubled."""

    def as_bytes(self, context: Any = None) -> bytes:
        return super().as_bytes(context).replace(b"%", b"%%")


def item_predicate(item: QueryItem) -> Predicate:
    """Types are literals: with a parameter, a generic plan cannot use a partial index."""
    conditions = [condition_predicate(condition) for condition in item.conditions]
    texts = [is_of_types(item.types), *(condition.text for condition in conditions)]
    parameters = tuple(value for condition in conditions for value in condition.parameters)
    return Predicate(sql.SQL(" and ").join(texts), parameters)


def is_of_types(types: Iterable[str]) -> sql.Composed:
    quoted = sql.SQL(", ").join(Quoted(type) for type in sorted(types))
    return sql.SQL("type in ({})").format(quoted)


def condition_predicate(condition: Condition) -> Predicate:
    field, operator, operand = condition.field, condition.operator, condition.operand
    if operator is Operator.EXISTS:
        test = sql.SQL("({}) is not null" if operand else "({}) is null")
        return Predicate(test.format(_stored_text(field)), ())
    if operator is Operator.CONTAINS:
        return _contains(field, operand)
    comparison = sql.SQL(_COMPARISONS[operator]).format(scalar_expression(field))
    return Predicate(comparison, (_parameter(operand),))


_COMPARISONS: Mapping[Operator, LiteralString] = {
    Operator.EQ: "{} = %s",
    Operator.NEQ: "{} is distinct from %s",
    Operator.IN: "{} = any (%s)",
    Operator.NIN: "({} = any (%s)) is not true",
    Operator.GT: "{} > %s",
    Operator.GTE: "{} >= %s",
    Operator.LT: "{} < %s",
    Operator.LTE: "{} <= %s",
}


def scalar_expression(field: Anything) -> sql.Composed:
    match field:
        case Number():
            return sql.SQL("({})").format(_number(_stored_text(field)))
        case Text():
            return sql.SQL('(({}) collate "C")').format(_stored_text(field))
        case _:
            return sql.SQL("({})").format(_stored_text(field))


def _number(text: sql.Composable) -> sql.Composed:
    """Null where the text is none: rows of other types may hold anything under the same key.

    What a number may look like is bounded, so that the cast cannot overflow.
    """
    shape = sql.SQL("'^[-+]?[0-9]*[.]?[0-9]+(?:[Ee][-+]?[0-9]{1,4})?$'")
    return sql.SQL("substring(left({}, 5000) from {})::numeric").format(text, shape)


def _stored_text(field: Anything) -> sql.Composed:
    """In rows of every version: `coalesce(data->>'title', data->>'text', 'untitled')`."""
    found = [sql.SQL("data->>{}").format(Quoted(key)) for key in field.keys]
    if field.absent is not None:
        found.append(sql.Composed([Quoted(_text_of_json(field.absent))]))
    return _first(found)


def _stored_json(field: Anything) -> sql.Composed:
    found = [sql.SQL("data->{}").format(Quoted(key)) for key in field.keys]
    if field.absent is not None:
        found.append(sql.SQL("{}::jsonb").format(Quoted(json_text(field.absent))))
    return sql.SQL("({})").format(_first(found))


def _first(found: list[sql.Composed]) -> sql.Composed:
    if len(found) == 1:
        return found[0]
    return sql.SQL("coalesce({})").format(sql.SQL(", ").join(found))


def _text_of_json(value: Any) -> str:
    """What `->>` gives."""
    return value if isinstance(value, str) else json_text(value)


def _contains(field: Anything, operand: Any) -> Predicate:
    """By the index on the list; decimals, stored as text, are numbers only one by one."""
    if not isinstance(field, ListOf) or not isinstance(field.item, DecimalNumber):
        text = sql.SQL("{} @> %s::jsonb").format(_stored_json(field))
        return Predicate(text, (json_text([operand]),))
    text = sql.SQL(
        "exists (select from jsonb_array_elements_text("
        "case when jsonb_typeof({stored}) = 'array' then {stored} end"
        ") as element where {number} = %s)"
    ).format(stored=_stored_json(field), number=_number(sql.SQL("element")))
    return Predicate(text, (operand,))


def _parameter(operand: Operand) -> object:
    """Lists for arrays; booleans are compared as the text that `->>` gives."""
    match operand:
        case tuple():
            return [_parameter(each) for each in operand]
        case bool():
            return "true" if operand else "false"
        case _:
            return operand
