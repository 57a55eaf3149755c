"""The `[types]` of a story → `types.py`: NewTypes, aliases, literals and records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from storyline_generator.immutable import immutable
from storyline_generator.plan.annotations import annotation, constrained, planned_field
from storyline_generator.plan.imports import Names
from storyline_generator.plan.module import Module, PlannedField
from storyline_generator.plan.quoting import docstring, quoted
from storyline_generator.plan.scope import Scope, Story, field_names
from storyline_generator.schema import ConstrainedType, EnumType, IdType, RecordType


class Alias(NamedTuple):
    """`Title = Annotated[str, …]`."""

    name: str
    expression: str
    docstring: str


class RecordClass(NamedTuple):
    name: str
    docstring: str
    fields: tuple[PlannedField, ...]


@immutable
class TypesModule(Module):
    aliases: tuple[Alias, ...]
    records: tuple[RecordClass, ...]


def types_module(story: Story) -> TypesModule:
    """Records come last: their classes need the other types, and may name each other."""
    declarations = story.schema.types.values()
    records = [declaration for declaration in declarations if isinstance(declaration, RecordType)]
    bound = set(story.schema.types).union(*(field_names(record.fields) for record in records))
    scope = Scope(story, Names("types", bound=bound))
    aliases = tuple(
        _alias(scope, other) for other in declarations if not isinstance(other, RecordType)
    )
    classes = tuple(_record_class(scope, record) for record in records)
    return TypesModule(
        docstring=docstring(f"The types of the story `{story.schema.story}`."),
        imports=scope.names.imports(),
        use=scope.names.from_libraries(),
        aliases=aliases,
        records=classes,
    )


def _alias(scope: Scope, declaration: IdType | ConstrainedType | EnumType) -> Alias:
    return Alias(declaration.name, _expression(scope, declaration), docstring(declaration.doc))


def _expression(scope: Scope, declaration: IdType | ConstrainedType | EnumType) -> str:
    match declaration:
        case IdType(name, base):
            new_type = scope.names.library("typing", "NewType")
            return f"{new_type}({quoted(name)}, {annotation(scope, base)})"
        case ConstrainedType(base=base, constraints=constraints, released=released):
            return constrained(scope, base, constraints, released)
        case EnumType():
            return " | ".join(_alternatives(scope, declaration))


def _alternatives(scope: Scope, enum: EnumType) -> Iterator[str]:
    """What is written, what is only read any more, and what this code does not know."""
    literal = scope.names.library("typing", "Literal")
    yield f"{literal}[{', '.join(map(quoted, enum.values))}]"
    if enum.retired:
        retired = f"{literal}[{', '.join(map(quoted, enum.retired))}]"
        annotated = scope.names.library("typing", "Annotated")
        yield f"{annotated}[{retired}, {scope.names.runtime('RETIRED')}]"
    if enum.open:
        yield scope.names.runtime("Unrecognized")


def _record_class(scope: Scope, record: RecordType) -> RecordClass:
    scope.names.runtime("Record")
    return RecordClass(
        name=record.name,
        docstring=docstring(record.doc or f"The record `{record.name}`."),
        fields=tuple(planned_field(scope, field) for field in record.fields),
    )
