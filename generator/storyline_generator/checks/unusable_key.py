"""The key of a stream or a projection cannot identify anything.

A key tells one stream from another, so each event has it, and it is a single value that can be
compared exactly: not optional, not a list, a map, a record, `json` or a `float`. The key of a
projection also identifies a stored state, so it is text, an `int`, a `uuid`, a `date`, or a type
based on one of them, and never absent from an event.

Example: a key that may be absent.

    [streams.list]
    key = "list_id"
    fields.list_id = "str?"
"""

from __future__ import annotations

from collections.abc import Iterator

from storyline_generator.diagnostics import Diagnostic, Place, Related
from storyline_generator.schema import (
    Projection,
    Reference,
    Scalar,
    Schema,
    Stream,
    is_single,
    scalar_of,
)

_OF_STATES = (Scalar.STR, Scalar.INT, Scalar.UUID, Scalar.DATE)


def check(schema: Schema) -> Iterator[Diagnostic]:
    for stream in schema.streams.values():
        if reason := _fault_of_stream(stream, schema):
            related = (Related("the stream is declared here", stream.place),)
            message = f"`{stream.key.name}` cannot be a key: {reason}."
            yield Diagnostic("unusable-key", message, stream.key.place.value, related)
    for projection in schema.projections.values():
        yield from _check_projection(projection, schema)
        if projection.multi:  # else it is the stream's, and has been looked at
            yield from _check_keys(projection, schema)


def _fault_of_stream(stream: Stream, schema: Schema) -> str:
    key = stream.key
    if key.optional:
        return "it may be absent"
    if not is_single(key.type, schema.types):
        return "it is not a single value"
    if scalar_of(key.type, schema.types) is Scalar.FLOAT:
        return "a `float` cannot be compared exactly"
    return ""


def _check_keys(projection: Projection, schema: Schema) -> Iterator[Diagnostic]:
    for event, key in projection.keys.items():
        field = schema.field_of(event, key.field)
        if field and field.optional:
            related = (Related("the field is declared here", field.place),)
            message = f"`{field.name}` of `{event}` cannot be a key: it may be absent."
            yield Diagnostic("unusable-key", message, key.place, related)


def _check_projection(projection: Projection, schema: Schema) -> Iterator[Diagnostic]:
    key = projection.key
    if key is None or (isinstance(key.type, Reference) and key.type.name not in schema.types):
        return
    if scalar_of(key.type, schema.types) not in _OF_STATES:
        place: Place = projection.place / ("key" if projection.multi else "stream")
        message = f"`{key.name}` cannot identify a state of `{projection.name}`."
        hint = "use a key that is text, an `int`, a `uuid` or a `date`"
        yield Diagnostic("unusable-key", message, place.value, hint=hint)
