"""Turns `[streams]` and `[events]` into streams and events: streams give fields, events join."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from storyline_generator.diagnostics import Findings
from storyline_generator.immutable import replaced
from storyline_generator.mistakes import names, shapes
from storyline_generator.reading.document import Node
from storyline_generator.resolver.fields import resolve_fields
from storyline_generator.resolver.scope import Scope, find_stream
from storyline_generator.resolver.tables import Kind, Shape, Table, read
from storyline_generator.resolver.type_grammar import POISON
from storyline_generator.resolver.upcasts import resolve_upcasts
from storyline_generator.schema import Event, Field, Stream

STREAM: Shape = {"doc": Kind.TEXT, "key": Kind.NAME, "fields": Kind.TABLE, "was": Kind.LATER}
EVENT: Shape = {
    "doc": Kind.TEXT,
    "stream": Kind.NAME_OR_NAMES,
    "fields": Kind.TABLE,
    "was": Kind.NAMES,
    "version": Kind.COUNT,
    "upcast": Kind.TABLES,
    "retired": Kind.FLAG,
    "deprecated": Kind.TEXT,
}


def resolve_streams(nodes: Mapping[str, Node], scope: Scope) -> Findings[dict[str, Stream]]:
    """The streams, still without their events; not those whose fields cannot be known."""
    streams: dict[str, Stream] = {}
    for name, node in nodes.items():
        table = yield from read(node, STREAM, "a stream")
        fields = yield from resolve_fields(table.declarations("fields"), scope)
        key = yield from _key(name, table, fields)
        if table.is_table and "fields" not in table.broken:
            streams[name] = Stream(name, key, fields, (), node.place, table.text("doc"))
    return streams


def resolve_events(nodes: Mapping[str, Node], scope: Scope) -> Findings[Scope]:
    """The scope with the events, and with the streams that they have joined."""
    events: dict[str, Event] = {}
    incomplete: set[str] = set()
    for name, node in nodes.items():
        table = yield from read(node, EVENT, "an event")
        streams = yield from _streams(name, table, scope)
        own = yield from resolve_fields(table.declarations("fields"), scope)
        fields = (*_shared_fields(streams), *own)
        version = table.count("version")
        events[name] = Event(
            name=name,
            streams=tuple(stream.name for stream in streams),
            fields=fields,
            place=node.place,
            doc=table.text("doc"),
            version=1 if version is None else version,
            upcasts=(yield from resolve_upcasts(table.elements("upcast"), scope)),
            retired=table.flag("retired"),
            deprecated=table.text("deprecated"),
            was=tuple(old.text for old in table.names("was")),
        )
        if not _is_complete(table, streams):
            incomplete.add(name)
    streams_joined = _with_events(scope.schema.streams, events.values())
    schema = replaced(scope.schema, events=events, streams=streams_joined)
    return replaced(scope, schema=schema, incomplete=frozenset(incomplete))


def _key(name: str, table: Table, fields: tuple[Field, ...]) -> Findings[Field]:
    """The key among the fields; if there is none, a poisoned one that is not reported again."""
    key = table.text("key")
    if found := next((field for field in fields if field.name == key), None):
        return found
    if "key" in table.entries and "fields" not in table.broken:
        owner = f"`{name}`"
        known = (field.name for field in fields)
        yield names.unknown_field(key, owner, table.entries["key"].place.value, known)
    elif table.lacks("key"):
        hint = "name the field whose value tells one stream from another"
        yield shapes.missing_key(("key",), f"the stream `{name}`", table.place, hint)
    return Field(name=key, key=key, type=POISON, place=table.place)


def _streams(name: str, table: Table, scope: Scope) -> Findings[list[Stream]]:
    streams: list[Stream] = []
    for stream_name in table.names("stream"):
        if stream := (yield from find_stream(stream_name, scope)):
            streams.append(stream)
    if table.lacks("stream") or (not table.names("stream") and "stream" in table.entries):
        hint = 'name its stream, or several: `stream = ["course", "student"]`'
        yield shapes.missing_key(("stream",), f"`{name}`", table.place, hint)
    return streams


def _is_complete(table: Table, streams: list[Stream]) -> bool:
    """Whether the event has all the fields that its author meant it to have."""
    return not table.broken and 0 < len(streams) == len(table.names("stream"))


def _shared_fields(streams: Iterable[Stream]) -> tuple[Field, ...]:
    """Streams may share a field of the same name and type: their events have it once."""
    fields = {(field.name, field.type): field for stream in streams for field in stream.fields}
    return tuple(fields.values())


def _with_events(streams: Mapping[str, Stream], events: Iterable[Event]) -> dict[str, Stream]:
    joined: dict[str, dict[str, None]] = {name: {} for name in streams}
    for event in events:
        for stream in event.streams:
            joined[stream][event.name] = None
    return {name: replaced(stream, events=tuple(joined[name])) for name, stream in streams.items()}
