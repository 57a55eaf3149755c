"""What a projection reads, and how events tell which states they touch → the runtime's values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from storyline_generator.identifiers import member_name
from storyline_generator.plan.filters import query_item
from storyline_generator.plan.matching import descriptor
from storyline_generator.plan.quoting import quoted
from storyline_generator.plan.scope import Scope
from storyline_generator.reads import reads
from storyline_generator.schema import (
    EnumType,
    Field,
    FilterItem,
    Projection,
    Reference,
    Scalar,
    Schema,
    Type,
    scalar_of,
)


class StateKeys(NamedTuple):
    """Source text; empty where there is nothing to say."""

    reads: str
    name: str
    of_text: str
    fields: tuple[tuple[str, str], ...]
    """Stored event types, older names among them, and where their rows have the key."""


def state_keys(scope: Scope, projection: Projection) -> StateKeys:
    read = reads(scope.schema, projection)
    key = projection.key
    if key:
        scope.names.runtime("StateKey")
    return StateKeys(
        reads="" if read is None else _query(scope, read),
        name=quoted(member_name(key.name)) if key else "",
        of_text=_of_text(scope, key.type) if key else "",
        fields=() if read is None else tuple(_fields(scope, projection)),
    )


def _query(scope: Scope, items: tuple[FilterItem, ...]) -> str:
    scope.names.library("typing", "Any")
    written = ", ".join(_item(scope, item) for item in items)
    return f"{scope.names.runtime('Query')}({written})"


def _item(scope: Scope, item: FilterItem) -> str:
    return f"{scope.names.runtime('QueryItem')}({', '.join(query_item(scope, item))})"


def _fields(scope: Scope, projection: Projection) -> Iterator[tuple[str, str]]:
    for event, key in projection.keys.items():
        field = _key_field(scope.schema, event, key.field)
        for stored in scope.schema.events[event].stored_types:
            yield quoted(stored), descriptor(scope, field)


def _key_field(schema: Schema, event: str, name: str) -> Field:
    """That of a stream's key where it is one: a query for it then has the stream's index."""
    streams = (schema.streams[stream] for stream in schema.events[event].streams)
    shared = next((stream.key for stream in streams if stream.key.name == name), None)
    own = next(field for field in schema.events[event].fields if field.name == name)
    return shared or own


def _of_text(scope: Scope, type: Type) -> str:
    """What makes a key of the id of its state."""
    declared = scope.schema.types[type.name] if isinstance(type, Reference) else None
    if isinstance(declared, EnumType) and declared.open:
        return scope.names.runtime("Unrecognized")
    match scalar_of(type, scope.schema.types):
        case Scalar.INT:
            return scope.names.builtin("int")
        case Scalar.UUID:
            return scope.names.library("uuid", "UUID")
        case Scalar.DATE:
            return f"{scope.names.library('datetime', 'date')}.fromisoformat"
        case _:
            return scope.names.builtin("str")
