"""Turns `[validators]` into validators: what their decision depends on, and what they may emit."""

from __future__ import annotations

from collections.abc import Mapping

from storyline_generator.diagnostics import Findings
from storyline_generator.mistakes import shapes
from storyline_generator.reading.document import Node
from storyline_generator.resolver.scope import Scope, find_event
from storyline_generator.resolver.sources import merged_parameters, resolve_sources
from storyline_generator.resolver.tables import Kind, Shape, Table, read
from storyline_generator.schema import Validator

VALIDATOR: Shape = {
    "doc": Kind.TEXT,
    "stream": Kind.NAME,
    "streams": Kind.NAMES,
    "emits": Kind.NAMES,
    "was": Kind.LATER,
}


def resolve_validators(nodes: Mapping[str, Node], scope: Scope) -> Findings[dict[str, Validator]]:
    validators: dict[str, Validator] = {}
    for name, node in nodes.items():
        table = yield from read(node, VALIDATOR, "a validator")
        validators[name] = yield from _validator(name, table, scope)
    return validators


def _validator(name: str, table: Table, scope: Scope) -> Findings[Validator]:
    sources = yield from resolve_sources(table, f"`{name}`", scope)
    return Validator(
        name=name,
        sources=sources.names,
        multi=sources.multi,
        parameters=(yield from merged_parameters(table, sources)),
        events=sources.events,
        emits=(yield from _emits(name, table, scope)),
        place=table.place,
        doc=table.text("doc"),
    )


def _emits(name: str, table: Table, scope: Scope) -> Findings[tuple[str, ...]]:
    if table.lacks("emits"):
        hint = 'name the events that it may append, e.g. `emits = ["ITEM_ADDED"]`'
        yield shapes.missing_key(("emits",), f"the validator `{name}`", table.place, hint)
    emitted: list[str] = []
    for each in table.names("emits"):
        if event := (yield from find_event(each, scope)):
            emitted.append(event.name)
    return tuple(emitted)
