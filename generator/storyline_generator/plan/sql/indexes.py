"""A schema → the indexes of its streams, filters and projections. It decides; the template prints.

The name of an index begins with the function that it serves. It covers one item of a query:
equalities first, then one range, then the id, so that reads in order of the id need no sort.

What PostgreSQL learns about the expressions of a partial index, it does not use to estimate rows.
So they have statistics of their own; else any key would count as that of one row in 200.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator

from storyline_generator.immutable import immutable
from storyline_generator.plan.sql.expressions import elements_expression, value_expression
from storyline_generator.plan.sql.text import LONGEST_IDENTIFIER, literals
from storyline_generator.schema import (
    Field,
    Filter,
    FilterItem,
    Operator,
    Projection,
    Schema,
    Stream,
    scalar_of,
)

_EQUALITIES = {Operator.EQ, Operator.IN}
_RANGES = {Operator.GT, Operator.GTE, Operator.LT, Operator.LTE}
MOST_STATISTICS = 8
"""Expressions of one statistics object, which PostgreSQL limits."""


@immutable
class IndexPlan:
    """Every part is SQL text, quoted. An empty predicate means that all rows are covered."""

    serves: str
    """The start of its name: the table, and what of the story asks for it. Not quoted."""
    table: str
    method: str
    columns: tuple[str, ...]
    predicate: str = ""

    @property
    def name(self) -> str:
        """Without quotes. It says what the index is: another index is never called the same.

        So an index is made or dropped, and never changed; and it does not matter in which order two
        branches meet that have both changed a filter.
        """
        text = json.dumps((self.serves, self.content))
        digest = hashlib.sha256(text.encode()).hexdigest()[:10]
        start = self.serves.encode()[: LONGEST_IDENTIFIER - len(digest) - 1]
        return f"{start.decode(errors='ignore')}_{digest}"

    @property
    def statistics(self) -> tuple[str, ...]:
        """The expressions that need statistics of their own; these carry the index's name."""
        is_in_need = self.predicate and self.method == "btree"
        expressions = [column for column in self.columns if column.startswith("(")]
        return tuple(expressions[:MOST_STATISTICS]) if is_in_need else ()

    @property
    def definition(self) -> str:
        """On one line, for people and for comparisons."""
        where = f" where {self.predicate}" if self.predicate else ""
        return f"{self.table} using {self.method} ({', '.join(self.columns)}){where}"

    @property
    def content(self) -> tuple[object, ...]:
        """What the index holds: two indexes of the same content serve no one."""
        return self.table, self.method, self.columns, self.predicate


def index_plans(schema: Schema) -> tuple[IndexPlan, ...]:
    """Streams first, then filters, then projections; of two with the same content, the first."""
    by_content: dict[object, IndexPlan] = {}
    for index in _declared_indexes(schema):
        by_content.setdefault(index.content, index)
    return tuple(by_content.values())


def _declared_indexes(schema: Schema) -> Iterator[IndexPlan]:
    for stream in schema.streams.values():
        yield _stream_index(schema, stream)
    for filter in schema.filters.values():
        if filter.index:
            yield from _filter_indexes(schema, filter)
    for projection in schema.projections.values():
        for name in projection.index:
            yield _projection_index(schema, projection, name)


def _stream_index(schema: Schema, stream: Stream) -> IndexPlan:
    key = value_expression(schema, stream.key)
    serves = _plain("events", f"{stream.name}_stream")
    return IndexPlan(serves, "events", "btree", (key, "id"), _predicate(schema, stream.events))


def _filter_indexes(schema: Schema, filter: Filter) -> Iterator[IndexPlan]:
    for number, item in enumerate(filter.items, start=1):
        serves = _plain("events", filter.name, str(number) if len(filter.items) > 1 else "")
        index = _item_index(schema, item, serves)
        if index.columns != ("id",) or index.predicate:  # else the primary key is that index
            yield index


def _item_index(schema: Schema, item: FilterItem, serves: str) -> IndexPlan:
    """A list is only looked into where nothing else narrows."""
    compared = _fields(item, _EQUALITIES) + _fields(item, _RANGES)[:1]
    searched = _fields(item, {Operator.CONTAINS})
    predicate = _predicate(schema, item.events)
    if searched and not compared:
        return IndexPlan(serves, "events", "gin", (_elements_column(searched[0]),), predicate)
    keys = dict.fromkeys(value_expression(schema, field) for field in compared)
    return IndexPlan(serves, "events", "btree", (*keys, "id"), predicate)


def _fields(item: FilterItem, operators: set[Operator]) -> list[Field]:
    return [condition.field for condition in item.conditions if condition.operator in operators]


_STATES = ("type", "version", "build")
"""What readers of saved states always ask for. After the value comes the id, as pages do."""


def _projection_index(schema: Schema, projection: Projection, name: str) -> IndexPlan:
    serves = _plain("projections", projection.name, name)
    field = next(field for field in projection.state if field.name == name)
    if scalar_of(field.type, schema.types) is None:
        return IndexPlan(serves, "projections", "gin", (_elements_column(field),))
    value = value_expression(schema, field)
    return IndexPlan(serves, "projections", "btree", (*_STATES, value, "id"))


def _elements_column(field: Field) -> str:
    return f"{elements_expression(field)} jsonb_path_ops"


def _predicate(schema: Schema, events: Iterable[str]) -> str:
    """Left out where every event of the story qualifies."""
    wanted = set(events)
    stored = (*wanted, *schema.older_types(wanted))
    return "" if wanted == set(schema.events) else f"type in ({literals(stored)})"


def _plain(table: str, owner: str, detail: str = "") -> str:
    return f"{table}_by_{owner}__{detail}" if detail else f"{table}_by_{owner}"
