"""What a projection asks of each event, in words that do not change with names.

Two releases are compared by it: the same words mean the same rows. Names are today's, and what a
parameter is called does not matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

from storyline_generator.lock.tree import Tree, below, facts, tables
from storyline_generator.schema import Schema


def asked_of_each(projection: Tree, schema: Schema) -> Mapping[str, Set[str]]:
    """By event: one sentence for each item that finds it; none where every row is read."""
    older = schema.older_types(schema.events)
    asked = {older.get(name, name): set[str]() for name in below(projection, "events")}
    for _, item in tables(projection, "asks"):
        for name in below(item, "events"):
            event = older.get(name, name)
            words = sorted(_conditions(below(item, "where"), _older_keys(event, schema)))
            asked.setdefault(event, set()).add(" and ".join(words))
    return asked


def _conditions(where: Tree, older: Mapping[str, str]) -> Iterator[str]:
    for key, operators in tables(where):
        for operator, operand in facts(operators).items():
            said = "$" if str(operand).startswith("$") else operand
            yield f"{older.get(key, key)} {operator} {said}"


def _older_keys(event: str, schema: Schema) -> Mapping[str, str]:
    fields = schema.events[event].fields if event in schema.events else ()
    return {old: field.key for field in fields for old in (*field.was, *field.older_keys)}
