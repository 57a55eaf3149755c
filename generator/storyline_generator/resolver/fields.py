"""Turns `fields.title = "Title"` into a field: its type, its constraints, its default."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from storyline_generator.diagnostics import Findings
from storyline_generator.mistakes import fitting, shapes
from storyline_generator.reading.document import Node
from storyline_generator.resolver.constraints import CONSTRAINTS, resolve_constraints
from storyline_generator.resolver.scope import Scope
from storyline_generator.resolver.tables import Kind, Shape, Table, read
from storyline_generator.resolver.type_grammar import POISON, resolve_type
from storyline_generator.schema import Default, Field, Type, TypeDeclaration
from storyline_generator.values import fit

FIELD: Shape = {
    "type": Kind.NAME,
    "default": Kind.ANYTHING,
    "doc": Kind.TEXT,
    **CONSTRAINTS,
    "strict_history": Kind.FLAG,
    "was": Kind.NAMES,
    "deprecated": Kind.TEXT,
}
_HINT = 'write a type like `"str"`, or `{ type = "str", … }`'


def resolve_fields(
    declarations: Iterable[tuple[str, Node]], scope: Scope
) -> Findings[tuple[Field, ...]]:
    fields = yield from declare_fields(declarations, scope)
    return (yield from fit_defaults(fields, scope.schema.types))


def declare_fields(
    declarations: Iterable[tuple[str, Node]], scope: Scope
) -> Findings[tuple[Field, ...]]:
    """The fields, with the nodes of their defaults: these may be records still to be resolved."""
    fields: list[Field] = []
    for name, node in declarations:
        fields.append((yield from _field(name, node, scope)))
    return tuple(fields)


def fit_defaults(
    fields: tuple[Field, ...], types: Mapping[str, TypeDeclaration]
) -> Findings[tuple[Field, ...]]:
    """The fields with their defaults as Python values."""
    fitted: list[Field] = []
    for field in fields:
        match field.default:
            case Default(Node() as node):
                value = yield from fit(node, field.type, types, field.constraints)
                fitted.append(field._replace(default=Default(value)))
            case _:
                fitted.append(field)
    return tuple(fitted)


def _field(name: str, node: Node, scope: Scope) -> Findings[Field]:
    place = node.place
    if isinstance(node.value, str):
        type, optional = yield from resolve_type(node.value, place, scope)
        return Field(name=name, key=scope.key(name), type=type, place=place, optional=optional)
    table = yield from read(node, FIELD, "a field", _HINT)
    type, optional = yield from _declared_type(table, scope)
    if optional and "default" in table:
        yield fitting.unfit_default(name, table.entries["default"].place)
    return Field(
        name=name,
        key=scope.key(name),
        type=type,
        place=place,
        optional=optional,
        constraints=(yield from resolve_constraints(table, type, scope)),
        default=_default(table),
        doc=table.text("doc"),
        was=tuple(scope.key(old.text) for old in table.names("was")),
        deprecated=table.text("deprecated"),
        strict_history=table.flag("strict_history"),
    )


def _declared_type(table: Table, scope: Scope) -> Findings[tuple[Type, bool]]:
    if node := table.entries.get("type"):
        return (yield from resolve_type(table.text("type"), node.place, scope))
    if table.lacks("type"):
        yield shapes.missing_key(("type",), "this field", table.place, _HINT)
    return POISON, False


def _default(table: Table) -> Default | None:
    node = table.entries.get("default")
    return Default(node) if node else None
