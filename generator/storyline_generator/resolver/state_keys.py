"""`key` and `key_of` of a projection → the field of each event that has the key of a state."""

from __future__ import annotations

from collections.abc import Mapping

from storyline_generator.diagnostics import Findings
from storyline_generator.mistakes import names, shapes
from storyline_generator.reading.document import Node
from storyline_generator.resolver.scope import Scope, find_event
from storyline_generator.resolver.sources import Sources
from storyline_generator.resolver.tables import Kind, Name, Table
from storyline_generator.schema import KeyOf, Parameter

_Keys = Mapping[str, KeyOf]


def resolve_keys(
    name: str, table: Table, sources: Sources, key: Parameter | None, scope: Scope
) -> Findings[_Keys]:
    """Of the events that are read: what `key_of` says, else the field that is called as the key."""
    yield from _misplaced(name, table)
    if key is None:
        return {}
    named = yield from _named(name, table, sources, scope)
    place = table.place / ("key" if sources.multi else "stream")
    own = {
        event: KeyOf(key.name, place.value)
        for event in sources.events
        if scope.schema.field_of(event, key.name)
    }
    return {**own, **named}


def _misplaced(name: str, table: Table) -> Findings[None]:
    """The states of a stream's projection are told apart by the stream's key, and by no other."""
    for key in ("key", "key_of"):
        if key in table.entries and "stream" in table and "streams" not in table:
            places = table.place / key, table.place / "stream"
            yield shapes.conflicting_keys(f"`{name}`", *places, ("stream", key))
    if "key_of" in table and table.lacks("key") and "streams" in table:
        hint = 'name what identifies a state, e.g. `key = "list_id"`'
        yield shapes.missing_key(("key",), f"`{name}`", table.place, hint)


def _named(name: str, table: Table, sources: Sources, scope: Scope) -> Findings[_Keys]:
    named: dict[str, KeyOf] = {}
    ignored = {each.text for each in table.names("ignore")}
    handled = [event for event in sources.events if event not in ignored]
    for event, node in table.declarations("key_of") if sources.multi else ():
        is_known = (yield from find_event(Name(event, node.place), scope)) is not None
        if is_known and sources.is_whole and event not in handled:
            yield names.unread_event(event, f"`{name}`", node.place, handled)
        elif is_known and (yield from _is_field(event, node, scope)):
            named[event] = KeyOf(str(node.value), node.place.value)
    return named


def _is_field(event: str, node: Node, scope: Scope) -> Findings[bool]:
    if not isinstance(node.value, str):
        yield shapes.wrong_kind(node.place.value, Kind.NAME.value, node.kind)
        return False
    if scope.schema.field_of(event, node.value):
        return True
    if event not in scope.incomplete:
        known = [field.name for field in scope.schema.events[event].fields]
        yield names.unknown_field(node.value, f"`{event}`", node.place.value, known)
    return False
