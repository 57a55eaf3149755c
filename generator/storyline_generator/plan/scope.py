"""What planning needs everywhere: the story, where it goes, and the names of one module."""

from __future__ import annotations

from dataclasses import dataclass

from storyline_generator.identifiers import (
    class_name,
    field_name,
    state_class,
    stream_union,
)
from storyline_generator.plan.imports import Names
from storyline_generator.plan.layout import Layout
from storyline_generator.schema import (
    ConstrainedType,
    EnumType,
    Field,
    IdType,
    Reference,
    Scalar,
    Schema,
    Type,
)


@dataclass(frozen=True, slots=True)
class Story:
    """A sound story and where its output goes."""

    schema: Schema
    layout: Layout

    def classes(self) -> frozenset[str]:
        """The classes that modules of the story may import, and no library may hide."""
        events = map(class_name, self.schema.events)
        unions = map(stream_union, self.schema.streams)
        states = map(state_class, self.schema.projections)
        return frozenset((*self.schema.types, *events, *unions, *states))


@dataclass(frozen=True, slots=True)
class Scope:
    """One module of the story."""

    story: Story
    names: Names

    @property
    def schema(self) -> Schema:
        return self.story.schema


def scalar_of(schema: Schema, type: Type) -> Scalar | None:
    """What a value of the type is stored as; None for lists, maps and records."""
    if isinstance(type, Scalar):
        return type
    declaration = schema.types[type.name] if isinstance(type, Reference) else None
    if isinstance(declaration, EnumType):
        return Scalar.STR
    return declaration.base if isinstance(declaration, IdType | ConstrainedType) else None


def field_names(fields: tuple[Field, ...]) -> set[str]:
    return {field_name(field.name) for field in fields}
