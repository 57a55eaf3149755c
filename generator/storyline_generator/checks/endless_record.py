"""A record contains itself, and so could never end.

A value of it would need another one inside, and that again another. A list, a set, a map or an
optional field may be empty, and so may lead back to the record.

Example: `fields.parent = "Category?"` would do.

    [types.Category]
    fields.name = "str"
    fields.parent = "Category"
"""

from __future__ import annotations

from collections.abc import Iterator

from storyline_generator.diagnostics import Diagnostic
from storyline_generator.schema import Field, RecordType, Reference, Schema
from storyline_generator.suggestions import all_of


def check(schema: Schema) -> Iterator[Diagnostic]:
    reported: set[str] = set()
    for record in schema.records:
        if record.name not in reported and (way := _way_back(record, schema)):
            reported |= {name for _, name in way}
            yield _endless(record, way)


def _endless(record: RecordType, way: list[tuple[Field, str]]) -> Diagnostic:
    (field, _), *_ = way
    between = [name for _, name in way[:-1]]
    through = f" through {all_of(between)}" if between else ""
    message = f"`{record.name}` contains itself{through}."
    hint = "make a field on the way optional, or a list"
    return Diagnostic("endless-record", message, field.place, hint=hint)


def _way_back(record: RecordType, schema: Schema) -> list[tuple[Field, str]]:
    """The shortest way from a record back to it: fields, and the records that they lead to."""
    ways = [[(field, name)] for field, name in _needed(record)]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        _, name = way[-1]
        if name == record.name:
            return way
        target = schema.types.get(name)
        if name not in seen and isinstance(target, RecordType):
            seen.add(name)
            ways += [[*way, step] for step in _needed(target)]
    return []


def _needed(record: RecordType) -> Iterator[tuple[Field, str]]:
    for field in record.fields:
        if isinstance(field.type, Reference) and not field.optional:
            yield field, field.type.name
