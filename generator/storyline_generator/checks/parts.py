"""Walks over a schema for the rules: every field with its owner, every type within a type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from storyline_generator.diagnostics import Place
from storyline_generator.schema import (
    UNCONSTRAINED,
    ConstrainedType,
    Constraints,
    Field,
    ListOf,
    MapOf,
    RecordType,
    Schema,
    SetOf,
    Type,
)


def field_tables(schema: Schema) -> Iterator[tuple[str, tuple[Field, ...]]]:
    """The fields that live together in one class, and what a person calls their owner."""
    for record in records(schema):
        yield f"`{record.name}`", record.fields
    for event in schema.events.values():
        yield f"`{event.name}`", event.fields
    for projection in schema.projections.values():
        yield f"the state of `{projection.name}`", projection.state


def declared_fields(schema: Schema) -> Iterable[Field]:
    """Every field once, where it is declared: that of a stream is in all of its events."""
    streams = (stream.fields for stream in schema.streams.values())
    tables = (*streams, *(fields for _, fields in field_tables(schema)))
    return {field.place.keys: field for fields in tables for field in fields}.values()


def records(schema: Schema) -> Iterator[RecordType]:
    for declaration in schema.types.values():
        if isinstance(declaration, RecordType):
            yield declaration


def constrained(schema: Schema) -> Iterator[tuple[Type, Constraints, Place]]:
    """Everything that has constraints: declared types with a base, and fields."""
    for declaration in schema.types.values():
        if isinstance(declaration, ConstrainedType):
            yield declaration.base, declaration.constraints, declaration.place
    for field in declared_fields(schema):
        if field.constraints != UNCONSTRAINED:
            yield field.type, field.constraints, field.place


def types_within(type: Type) -> Iterator[Type]:
    """The type itself, and what it is a list, a set or a map of."""
    yield type
    match type:
        case ListOf(inner) | SetOf(inner) | MapOf(inner):
            yield from types_within(inner)
        case _:
            return
