"""Conditions and items → SQL predicates, spelled as the expressions of the migrations' indexes are.

The one place where the runtime writes SQL about fields. Names are quoted, values are parameters:
what makes the text never sees them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, LiteralString, NamedTuple, TypeAlias

from psycopg import sql

from storyline.exact import json_text
from storyline.fields import Anything, Condition, DecimalNumber, ListOf, Number, Operand, Text
from storyline.operators import Operator
from storyline.queries import QueryItem
from storyline.state_keys import StateKey, types_by_field

Parameters: TypeAlias = tuple[Any, ...]


class Asked(NamedTuple):
    """A condition without its operand, which is a parameter; only of `exists` it is in the text."""

    field: Anything
    operator: Operator
    there: Operand | None

    @classmethod
    def of(cls, condition: Condition) -> Asked:
        is_in_text = condition.operator is Operator.EXISTS
        return cls(condition.field, condition.operator, condition.operand if is_in_text else None)


class Shape(NamedTuple):
    """Of an item, what decides on the text of its predicate."""

    types: tuple[str, ...]
    conditions: tuple[Asked, ...]

    @classmethod
    def of(cls, item: QueryItem) -> Shape:
        return cls(item.stored_types, tuple(map(Asked.of, item.conditions)))

    @property
    def is_by_element(self) -> bool:
        """Whether the index that finds it may be one on the elements of lists."""
        return any(
            asked.operator is Operator.CONTAINS and not _holds_decimals(asked.field)
            for asked in self.conditions
        )


class Quoted(sql.Literal):
    """A literal inside a statement with parameters, where a `%` has to be doubled."""

    def as_bytes(self, context: Any = None) -> bytes:
        return super().as_bytes(context).replace(b"%", b"%%")


def item_predicate(shape: Shape) -> sql.Composed:
    """Types are literals: with a parameter, a generic plan cannot use a partial index."""
    conditions = [condition_predicate(asked) for asked in shape.conditions]
    return sql.SQL(" and ").join([is_of_types(shape.types), *conditions])


def is_of_types(types: Iterable[str]) -> sql.Composed:
    quoted = sql.SQL(", ").join(Quoted(type) for type in sorted(types))
    return sql.SQL("type in ({})").format(quoted)


def condition_predicate(asked: Asked) -> sql.Composed:
    if asked.operator is Operator.EXISTS:
        test = sql.SQL("({}) is not null" if asked.there else "({}) is null")
        return test.format(_stored_text(asked.field))
    if asked.operator is Operator.CONTAINS:
        return _contains(asked.field)
    return sql.SQL(_COMPARISONS[asked.operator]).format(scalar_expression(asked.field))


def parameters(conditions: Sequence[Condition]) -> Parameters:
    """In the order of their predicates."""
    return tuple(
        _parameter(condition)
        for condition in conditions
        if condition.operator is not Operator.EXISTS
    )


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


def state_ids(key: StateKey | None) -> sql.Composed:
    """The ids of the states that a row touches, as an array: what `StateKey.ids_of` gives.

    A row that lacks the key is given the id "": it cannot be read, and somebody must find that out.
    """
    return _by_type(key, _ids, _NO_KEY)


def state_id(key: StateKey | None) -> sql.Composed:
    """The same, as a text, where no event touches several: every row of a rebuild pays for it."""
    return _by_type(key, _id, sql.SQL("''"))


def _by_type(
    key: StateKey | None, found: Callable[[Anything], sql.Composed], otherwise: sql.SQL
) -> sql.Composed:
    """Where all events have the key in the same place, nobody asks of which type a row is."""
    if key is None:
        return sql.Composed([otherwise])
    places = types_by_field(key.fields, key.fields)
    if len(places) == 1:
        return found(*places)
    cases = sql.SQL(" ").join(
        sql.SQL("when {} then {}").format(is_of_types(types), found(field))
        for field, types in places.items()
    )
    return sql.SQL("case {} else {} end").format(cases, otherwise)


_NO_KEY = sql.SQL("array['']")


def _id(field: Anything) -> sql.Composed:
    return sql.SQL("coalesce({}, '')").format(_stored_text(field))


def _ids(field: Anything) -> sql.Composed:
    if not isinstance(field, ListOf):
        return sql.SQL("array[{}]").format(_id(field))
    return sql.SQL(
        "case when jsonb_typeof({stored}) = 'array' then array(select distinct element"
        ' collate "C" from jsonb_array_elements_text({stored}) as element order by 1)'
        " else {none} end"
    ).format(stored=_stored_json(field), none=_NO_KEY)


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


def _contains(field: Anything) -> sql.Composed:
    """By the index on the list; decimals, stored as text, are numbers only one by one."""
    if not _holds_decimals(field):
        return sql.SQL("{} @> %s::jsonb").format(_stored_json(field))
    return sql.SQL(
        "exists (select from jsonb_array_elements_text("
        "case when jsonb_typeof({stored}) = 'array' then {stored} end"
        ") as element where {number} = %s)"
    ).format(stored=_stored_json(field), number=_number(sql.SQL("element")))


def _holds_decimals(field: Anything) -> bool:
    return isinstance(field, ListOf) and isinstance(field.item, DecimalNumber)


def _parameter(condition: Condition) -> object:
    if condition.operator is Operator.CONTAINS and not _holds_decimals(condition.field):
        return json_text([condition.operand])
    return operand(condition.operand)


def operand(value: Operand) -> object:
    """Lists for arrays; booleans are compared as the text that `->>` gives."""
    match value:
        case tuple():
            return [operand(each) for each in value]
        case bool():
            return "true" if value else "false"
        case _:
            return value
