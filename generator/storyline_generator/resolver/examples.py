"""Turns `[[projections.x.example]]` into events that are given and the state that comes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from storyline_generator.diagnostics import Findings
from storyline_generator.mistakes import names, shapes
from storyline_generator.reading.document import Node
from storyline_generator.resolver.scope import Scope, find_event
from storyline_generator.resolver.tables import Kind, Name, Shape, Table, read
from storyline_generator.schema import Example, Field
from storyline_generator.values import fit_fields, fit_some_fields

EXAMPLE: Shape = {"doc": Kind.TEXT, "given": Kind.TABLES, "then": Kind.TABLE}
_Given = tuple[str, Mapping[str, object]]


def resolve_examples(
    projection: str,
    table: Table,
    state: Sequence[Field],
    reads: Sequence[str] | None,
    scope: Scope,
) -> Findings[tuple[Example, ...]]:
    """`reads`: the events that the projection handles; None where that is not known."""
    examples: list[Example] = []
    for node in table.elements("example"):
        example = yield from read(node, EXAMPLE, "an example")
        given: list[_Given] = []
        for each in example.elements("given"):
            given += yield from _given(projection, each, reads, scope)
        then = yield from _then(projection, example, state, table, scope)
        examples.append(Example(tuple(given), then, node.place, example.text("doc")))
    return tuple(examples)


def _given(
    projection: str, node: Node, reads: Sequence[str] | None, scope: Scope
) -> Findings[list[_Given]]:
    given: list[_Given] = []
    events = list(node.declarations())
    if len(events) != 1:
        hint = "write `{ ITEM_ADDED = { … } }`"
        yield shapes.wrong_kind(node.place, "a table with one event", f"{len(events)} events", hint)
    for name, data in events:
        event = yield from find_event(Name(name, data.place), scope)
        if event and event.name not in scope.incomplete:
            if reads is not None and name not in reads:
                yield names.unread_event(name, f"`{projection}`", data.place, reads)
            values = yield from fit_fields(data, event.fields, f"`{name}`", scope.schema.types)
            given.append((name, values))
    return given


def _then(
    projection: str, example: Table, state: Sequence[Field], table: Table, scope: Scope
) -> Findings[Mapping[str, object]]:
    if example.lacks("then"):
        hint = "say what the state must be, e.g. `then.name = …`"
        yield shapes.missing_key(("then",), "this example", example.place, hint)
    node = example.entries.get("then")
    if node is None or not state or "state" in table.broken:
        return {}
    owner = f"the state of `{projection}`"
    return (yield from fit_some_fields(node, state, owner, scope.schema.types))
