"""Walks over a schema for the rules: every field with its owner, every type within a type."""

from __future__ import annotations

from collections.abc import Iterator

from storyline_generator.diagnostics import Place
from storyline_generator.schema import (
    UNCONSTRAINED,
    ConstrainedType,
    Constraints,
    Field,
    ListOf,
    MapOf,
    Schema,
    SetOf,
    Type,
)


def field_tables(schema: Schema) -> Iterator[tuple[str, tuple[Field, ...]]]:
    """The fields that live together in one class, and what a person calls their owner."""
    for record in schema.records:
        yield f"`{record.name}`", record.fields
    for event in schema.events.values():
        yield f"`{event.name}`", event.fields
    for projection in schema.projections.values():
        yield f"the state of `{projection.name}`", projection.state


def constrained(schema: Schema) -> Iterator[tuple[Type, Constraints, Place]]:
    """Everything that has constraints: declared types with a base, and fields."""
    for declaration in schema.types.values():
        if isinstance(declaration, ConstrainedType):
            yield declaration.base, declaration.constraints, declaration.place
    for field in schema.declared_fields:
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
