"""Turns `[types]` into declarations. One key decides which: `id`, `base`, `enum` or `fields`.

Types may refer to each other in any order: single values come first, then the fields of records,
then the defaults of those fields, which may be records themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from storyline_generator.diagnostics import Findings
from storyline_generator.immutable import replaced
from storyline_generator.mistakes import names, shapes
from storyline_generator.reading.document import Node
from storyline_generator.resolver.constraints import CONSTRAINTS, resolve_constraints
from storyline_generator.resolver.fields import declare_fields, fit_defaults
from storyline_generator.resolver.scope import Scope
from storyline_generator.resolver.tables import Kind, Shape, Table, read
from storyline_generator.schema import (
    ConstrainedType,
    EnumType,
    IdType,
    RecordType,
    Scalar,
    TypeDeclaration,
)
from storyline_generator.suggestions import one_of

_ID: Shape = {"id": Kind.NAME, "doc": Kind.TEXT}
_BASE: Shape = {"base": Kind.NAME, "doc": Kind.TEXT, **CONSTRAINTS, "strict_history": Kind.FLAG}
_ENUM: Shape = {
    "enum": Kind.NAMES,
    "retired": Kind.NAMES,
    "open": Kind.FLAG,
    "doc": Kind.TEXT,
}
_RECORD: Shape = {"fields": Kind.TABLE, "doc": Kind.TEXT}
TYPES: Mapping[str, Shape] = {"id": _ID, "base": _BASE, "enum": _ENUM, "fields": _RECORD}
ID_BASES = (Scalar.STR, Scalar.INT, Scalar.UUID)
_ANY: Shape = {**_ID, **_BASE, **_ENUM, **_RECORD}
_HINT = 'write e.g. `{ base = "str", max_length = 200 }`'

_Types = dict[str, TypeDeclaration]


def resolve_types(nodes: Mapping[str, Node], scope: Scope) -> Findings[_Types]:
    types: _Types = {}
    for name, node in nodes.items():
        if declaration := (yield from _declaration(name, node, scope)):
            types[name] = declaration
    types |= yield from _records_with_fields(types, nodes, scope)
    types |= yield from _records_with_defaults(types)
    return types


def _declaration(name: str, node: Node, scope: Scope) -> Findings[TypeDeclaration | None]:
    deciding = [key for key, _ in node.declarations() if key in TYPES]
    match deciding:
        case [key]:
            table = yield from read(node, TYPES[key], f"a type with `{key}`")
            return (yield from _decided(key, name, table, scope))
        case [first, second, *_]:
            places = node.place / second, node.place / first
            yield shapes.conflicting_keys(f"`{name}`", *places, (first, second))
        case _:
            table = yield from read(node, _ANY, "a type", _HINT)
            if table.lacks(*TYPES):
                yield shapes.missing_key(tuple(TYPES), f"`{name}`", node.place, _HINT)
    return None


def _decided(key: str, name: str, table: Table, scope: Scope) -> Findings[TypeDeclaration | None]:
    if key in table.broken:
        return None
    doc = table.text("doc")
    match key:
        case "id":
            base = yield from _base(table, "id", "an id", ID_BASES)
            return IdType(name, base, table.place, doc) if base else None
        case "base":
            return (yield from _constrained(name, table, scope))
        case "enum":
            values = tuple(value.text for value in table.names("enum"))
            retired = tuple(value.text for value in table.names("retired"))
            return EnumType(name, values, table.place, table.flag("open"), doc, retired)
        case _:
            return RecordType(name, (), table.place, doc)


def _constrained(name: str, table: Table, scope: Scope) -> Findings[ConstrainedType | None]:
    base = yield from _base(table, "base", "a base", tuple(Scalar))
    if base is None:
        return None
    constraints = yield from resolve_constraints(table, base, scope)
    is_strict = table.flag("strict_history")
    return ConstrainedType(name, base, constraints, table.place, table.text("doc"), is_strict)


def _base(
    table: Table, key: str, what: str, fitting: tuple[Scalar, ...]
) -> Findings[Scalar | None]:
    text = table.text(key)
    if text in fitting:
        return Scalar(text)
    yield names.unfit_base(text, table.entries[key].place.value, what, one_of(fitting))
    return None


def _records_with_fields(
    types: _Types, nodes: Mapping[str, Node], scope: Scope
) -> Findings[_Types]:
    scope = replaced(scope, schema=replaced(scope.schema, types=types))
    records: _Types = {}
    for record in _records(types):
        fields = yield from declare_fields(_field_nodes(nodes[record.name]).items(), scope)
        records[record.name] = replaced(record, fields=fields)
    return records


def _records_with_defaults(types: _Types) -> Findings[_Types]:
    records: _Types = {}
    for record in _records(types):
        fields = yield from fit_defaults(record.fields, types)
        records[record.name] = replaced(record, fields=fields)
    return records


def _records(types: _Types) -> Iterable[RecordType]:
    return [record for record in types.values() if isinstance(record, RecordType)]


def _field_nodes(record: Node) -> Mapping[str, Node]:
    fields = next(node for key, node in record.items() if key == "fields")
    return dict(fields.declarations())
