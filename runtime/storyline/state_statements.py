"""Queries over saved states → statements. Pages follow by key, so a deep one costs no more.

What comes from a schema or a caller is an identifier, a literal or a parameter, never plain text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, LiteralString, NamedTuple

from psycopg import sql

from storyline.expressions import (
    Asked,
    Parameters,
    condition_predicate,
    operand,
    parameters,
    scalar_expression,
)
from storyline.questions import StatePage
from storyline.state_queries import StateOrder, StateQuery
from storyline.statements import Statement, of_states
from storyline.story import Story

_COLUMNS = sql.SQL("type, id, version, latest_event_id, data::text as data")


class _Test(NamedTuple):
    """A condition with its parameters."""

    text: sql.Composable
    parameters: Parameters = ()


def count_states(story: Story, type: str, version: int, where: StateQuery[Any]) -> Statement:
    source, found = of_states(story, type, version), _found(where)
    text = sql.SQL("select count(*) {}{}").format(source.text, _and(found))
    return Statement(text, (*source.parameters, *_all_parameters(found)))


def find_states(
    story: Story, type: str, version: int, where: StateQuery[Any], page: StatePage
) -> Statement:
    """One index scan; two, where a page follows another and a value may be absent."""
    source = of_states(story, type, version)
    order = _order(page.order, _value(page.order))
    branches = [[*_found(where), *test] for test in _following(page)]
    parts = [
        sql.SQL("(select {}, {} as value {}{} {} limit %s)").format(
            _COLUMNS, _value(page.order), source.text, _and(tests), order
        )
        for tests in branches
    ]
    text = sql.SQL("select type, id, version, latest_event_id, data from ({}) as found {} limit %s")
    given = tuple(
        each
        for tests in branches
        for each in (*source.parameters, *_all_parameters(tests), page.limit)
    )
    merged = text.format(sql.SQL(" union all ").join(parts), _order(page.order, _VALUE))
    return Statement(merged, (*given, page.limit))


_VALUE = sql.SQL("value")


def _value(order: StateOrder[Any]) -> sql.Composable:
    return sql.SQL("null") if order.field is None else scalar_expression(order.field)


def _order(order: StateOrder[Any], value: sql.Composable) -> sql.Composed:
    """As the index has it, forwards or backwards."""
    way = sql.SQL(" desc" if order.descending else "")
    columns = [sql.SQL("id")] if order.field is None else [value, sql.SQL("id")]
    return sql.SQL("order by {}").format(sql.SQL(", ").join(column + way for column in columns))


def _following(page: StatePage) -> Sequence[Sequence[_Test]]:
    """What comes after a state: conditions of one scan, or of two."""
    if page.after is None:
        return [[]]
    id, place = page.after.id, page.order.place(page.after.state)
    beyond = _beyond("id {} %s", page.order, id)
    if page.order.field is None:
        return [[beyond]]
    value = scalar_expression(page.order.field)
    absent, there = _Test(sql.SQL("{} is null").format(value)), sql.SQL("{} is not null")
    if place is None:
        rest = [[_Test(there.format(value))]] if page.order.descending else []
        return [[absent, beyond], *rest]
    further = sql.SQL("({}, id) {} (%s, %s)").format(value, _sign(page.order))
    return [[_Test(further, (operand(place), id))], *([] if page.order.descending else [[absent]])]


def _beyond(text: LiteralString, order: StateOrder[Any], id: str) -> _Test:
    return _Test(sql.SQL(text).format(_sign(order)), (id,))


def _sign(order: StateOrder[Any]) -> sql.SQL:
    return sql.SQL("<" if order.descending else ">")


def _found(where: StateQuery[Any]) -> list[_Test]:
    return [
        _Test(condition_predicate(Asked.of(each)), parameters([each])) for each in where.conditions
    ]


def _and(tests: Sequence[_Test]) -> sql.Composed:
    return sql.Composed([sql.SQL(" and {}").format(test.text) for test in tests])


def _all_parameters(tests: Sequence[_Test]) -> Parameters:
    return tuple(value for test in tests for value in test.parameters)
