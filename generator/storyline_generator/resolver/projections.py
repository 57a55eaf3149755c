"""Turns `[projections]` into projections: what they read, the state they build, their examples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from storyline_generator.diagnostics import Findings
from storyline_generator.mistakes import names, shapes
from storyline_generator.reading.document import Node
from storyline_generator.resolver.examples import resolve_examples
from storyline_generator.resolver.fields import resolve_fields
from storyline_generator.resolver.scope import Scope, find_event, unknown
from storyline_generator.resolver.sources import (
    Sources,
    parameters_of,
    resolve_sources,
    source_names,
)
from storyline_generator.resolver.state_keys import resolve_keys
from storyline_generator.resolver.tables import Kind, Shape, Table, read
from storyline_generator.schema import Field, Parameter, Projection, Scalar, Stream, Type, one_of

PROJECTION: Shape = {
    "doc": Kind.TEXT,
    "version": Kind.COUNT,
    "stream": Kind.NAME,
    "streams": Kind.NAMES,
    "key": Kind.NAME,
    "key_of": Kind.TABLE,
    "state": Kind.TABLE,
    "ignore": Kind.NAMES,
    "index": Kind.NAMES,
    "example": Kind.TABLES,
    "was": Kind.LATER,
}


def resolve_projections(nodes: Mapping[str, Node], scope: Scope) -> Findings[dict[str, Projection]]:
    projections: dict[str, Projection] = {}
    for name, node in nodes.items():
        table = yield from read(node, PROJECTION, "a projection")
        projections[name] = yield from _projection(name, table, scope)
    return projections


def _projection(name: str, table: Table, scope: Scope) -> Findings[Projection]:
    sources = yield from _sources(name, table, scope)
    state = yield from _state(name, table, scope)
    events = yield from _handled_events(name, table, sources, scope)
    reads = events if sources.is_whole else None
    key = _key(table, sources, state, scope)
    keys = yield from resolve_keys(name, table, sources, key, scope)
    version = table.count("version")
    return Projection(
        name=name,
        version=1 if version is None else version,
        sources=sources.names,
        multi=sources.multi,
        key=key,
        state=state,
        events=events,
        place=table.place,
        index=(yield from _index(name, table, state)),
        examples=(yield from resolve_examples(name, table, state, reads, scope)),
        doc=table.text("doc"),
        keys={event: keys[event] for event in events if event in keys},
    )


def _sources(name: str, table: Table, scope: Scope) -> Findings[Sources]:
    """`stream` must be a stream: it is its key that identifies the state."""
    streams, filters = scope.declared["streams"], scope.declared["filters"]
    for source in source_names(table) if "streams" not in table else ():
        if source.text in filters and source.text not in streams:
            yield from unknown(names.unknown_stream, source, "a stream", ("streams",), scope)
            return Sources((), multi=False, is_whole=False)
    return (yield from resolve_sources(table, f"`{name}`", scope))


def _state(name: str, table: Table, scope: Scope) -> Findings[tuple[Field, ...]]:
    if table.lacks("state") or table.is_empty("state"):
        hint = 'declare its shape, e.g. `state.name = { type = "str", default = "" }`'
        yield shapes.missing_key(("state",), f"the projection `{name}`", table.place, hint)
    return (yield from resolve_fields(table.declarations("state"), scope))


def _handled_events(
    name: str, table: Table, sources: Sources, scope: Scope
) -> Findings[tuple[str, ...]]:
    ignored: set[str] = set()
    for each in table.names("ignore"):
        event = yield from find_event(each, scope)
        ignored.add(each.text)
        is_known = event and event.name not in scope.incomplete
        if is_known and sources.is_whole and each.text not in sources.events:
            yield names.unread_event(each.text, f"`{name}`", each.place, sources.events)
    return tuple(event for event in sources.events if event not in ignored)


def _index(name: str, table: Table, state: tuple[Field, ...]) -> Findings[tuple[str, ...]]:
    known = [field.name for field in state]
    for each in table.names("index"):
        if known and each.text not in known and "state" not in table.broken:
            owner = f"the state of `{name}`"
            yield names.unknown_field(each.text, owner, each.place, known)
    return tuple(each.text for each in table.names("index") if each.text in known)


def _key(
    table: Table, sources: Sources, state: tuple[Field, ...], scope: Scope
) -> Parameter | None:
    """A declared key has the type of the state's field of that name, else of a parameter, else of
    an event's field, else of the first field that `key_of` names. A key that nobody knows is text:
    the state of something outside the story."""
    key = table.text("key")
    if "key" not in table.entries:
        single = sources.found[0] if sources.found and not sources.multi else None
        return Parameter(single.key.name, single.key.type) if isinstance(single, Stream) else None
    candidates = {**_event_fields(sources, scope), **_source_parameters(sources)}
    candidates |= {field.name: Parameter(field.name, field.type) for field in state}
    return candidates.get(key) or Parameter(key, _named_type(table, scope) or Scalar.STR)


def _named_type(table: Table, scope: Scope) -> Type | None:
    """Of the first field that `key_of` names, or of its elements."""
    for event, node in table.declarations("key_of"):
        if event in scope.schema.events:
            field = scope.schema.field_of(event, str(node.value))
            if field is not None:
                return one_of(field.type)
    return None


def _source_parameters(sources: Sources) -> Mapping[str, Parameter]:
    parameters = (each for source in sources.found for each in parameters_of(source))
    return {each.name: Parameter(each.name, each.type) for each in parameters}


def _event_fields(sources: Sources, scope: Scope) -> Mapping[str, Parameter]:
    fields: Iterable[Field] = (
        field for event in sources.events for field in scope.schema.events[event].fields
    )
    return {field.name: Parameter(field.name, field.type) for field in fields}
