"""Turns `[[events.X.upcast]]` into upcasts: the steps by which one version becomes the next."""

from __future__ import annotations

from collections.abc import Iterable

from storyline_generator.diagnostics import Findings
from storyline_generator.mistakes import shapes
from storyline_generator.reading.document import Node
from storyline_generator.resolver.scope import Scope
from storyline_generator.resolver.tables import Kind, Shape, Table, read
from storyline_generator.upcast_steps import (
    ConvertField,
    DropField,
    MapValues,
    RenameField,
    SetField,
    Step,
    Upcast,
)

UPCAST: Shape = {
    "from": Kind.COUNT,
    "rename": Kind.TABLE,
    "drop": Kind.NAMES,
    "map": Kind.TABLE,
    "convert": Kind.TABLE,
    "set": Kind.TABLE,
    "code": Kind.FLAG,
    "doc": Kind.TEXT,
}
WHOLE = "a step changes a whole field: for what is inside one, write `code = true`"
STEPS = ("rename", "drop", "map", "convert", "set")


def resolve_upcasts(nodes: Iterable[Node], scope: Scope) -> Findings[tuple[Upcast, ...]]:
    upcasts: list[Upcast] = []
    for node in nodes:
        table = yield from read(node, UPCAST, "an upcast")
        if upcast := (yield from _upcast(table, scope)):
            upcasts.append(upcast)
    return tuple(upcasts)


def _upcast(table: Table, scope: Scope) -> Findings[Upcast | None]:
    """By steps or by code, not by both."""
    version, has_code = table.count("from"), table.flag("code")
    given = [step for step in STEPS if step in table.entries and table.entries[step].value]
    if table.lacks("from"):
        hint = "name the version that it begins with: `from = 1`"
        yield shapes.missing_key(("from",), "this upcast", table.place, hint)
    elif not given and not has_code and not table.broken:
        hint = 'write e.g. `set.priority = "normal"`, or `code = true`'
        yield shapes.missing_key((*STEPS, "code"), "this upcast", table.place, hint)
    elif given and has_code:
        places = table.entries["code"].place, table.entries[given[0]].place
        yield shapes.conflicting_keys("an upcast", *places, (given[0], "code"))
    elif version is not None and not table.broken:
        return Upcast(version, (yield from _steps(table, scope)), has_code, table.place)
    return None


def _steps(table: Table, scope: Scope) -> Findings[tuple[Step, ...]]:
    """In the order in which they apply, whatever the order of the text."""
    renamed = yield from _texts(table, "rename", scope)
    mapped = yield from _maps(table, scope)
    converted = yield from _texts(table, "convert", scope)
    return (
        *(RenameField(key, scope.key(text), node.place) for key, text, node in renamed),
        *(DropField(scope.key(name.text), name.place) for name in table.names("drop")),
        *mapped,
        *(ConvertField(key, text, node.place) for key, text, node in converted),
        *(
            SetField(scope.key(key), node.value, node.place)
            for key, node in table.declarations("set")
        ),
    )


def _texts(table: Table, step: str, scope: Scope) -> Findings[list[tuple[str, str, Node]]]:
    found: list[tuple[str, str, Node]] = []
    for key, node in table.declarations(step):
        if isinstance(node.value, str):
            found.append((scope.key(key), node.value, node))
        else:
            hint = WHOLE if isinstance(node.value, dict) else ""
            yield shapes.wrong_kind(node.place.value, Kind.TEXT.value, node.kind, hint)
    return found


def _maps(table: Table, scope: Scope) -> Findings[list[MapValues]]:
    found: list[MapValues] = []
    for key, node in table.declarations("map"):
        if not isinstance(node.value, dict):
            hint = 'write `map.field.old = "new"`'
            yield shapes.wrong_kind(node.place.value, Kind.TABLE.value, node.kind, hint)
            continue
        values = dict(node.items())
        for value in values.values():
            if not isinstance(value.value, str):
                hint = WHOLE if isinstance(value.value, dict) else ""
                yield shapes.wrong_kind(value.place.value, Kind.TEXT.value, value.kind, hint)
        names = {old: str(new.value) for old, new in values.items()}
        found.append(MapValues(scope.key(key), names, node.place))
    return found
