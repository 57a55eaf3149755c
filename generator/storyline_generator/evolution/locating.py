"""A path through a shape → the spot in the schema that says so: the innermost field, its type."""

from __future__ import annotations

from itertools import pairwise

from storyline_generator.diagnostics import Place
from storyline_generator.immutable import immutable, replaced
from storyline_generator.lock.tree import Path
from storyline_generator.schema import (
    UNCONSTRAINED,
    Event,
    Field,
    ListOf,
    MapOf,
    RecordType,
    Reference,
    Schema,
    SetOf,
    Type,
    TypeDeclaration,
)


@immutable
class Spot:
    place: Place
    field: Field | None = None
    """None: nothing of today is at the path."""
    type_place: Place | None = None
    """Where the innermost type is declared, if it is."""

    @property
    def name(self) -> str:
        return self.field.name if self.field else str(self.place.keys[-1])

    @property
    def constrains_itself(self) -> bool:
        return bool(self.field and self.field.constraints != UNCONSTRAINED)


def spot(event: Event, path: Path, schema: Schema) -> Spot:
    """The deepest of what is still there."""
    fields, found = event.fields, Spot(event.place)
    for key, inner in pairwise(path):
        if key != "fields":
            continue
        field = next((each for each in fields if each.key == inner), None)
        if field is None:
            return replaced(found, place=found.type_place or found.place)
        declared = _declared(field.type, schema)
        found = Spot(field.place, field, declared.place if declared else None)
        fields = declared.fields if isinstance(declared, RecordType) else ()
    return found


def _declared(type: Type, schema: Schema) -> TypeDeclaration | None:
    match type:
        case ListOf(inner) | SetOf(inner) | MapOf(inner):
            return _declared(inner, schema)
        case Reference(name):
            return schema.types.get(name)
        case _:
            return None
