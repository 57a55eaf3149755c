"""Turns a TOML value into the Python value of a type, or says why it does not fit.

Defaults, constants and the values of examples all come through here. It knows no events and no
filters. A reference to a type that does not exist fits everything: that has been reported already.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping

from storyline_generator.diagnostics import Findings
from storyline_generator.mistakes.fitting import unfit_value
from storyline_generator.reading.document import Node
from storyline_generator.schema import (
    ConstrainedType,
    Constraints,
    EnumType,
    Field,
    IdType,
    ListOf,
    MapOf,
    RecordType,
    RecordValue,
    Reference,
    Scalar,
    SetOf,
    Type,
    TypeDeclaration,
)
from storyline_generator.suggestions import did_you_mean, one_of
from storyline_generator.values.bounds import breach
from storyline_generator.values.scalars import MisfitError, scalar_value

Types = Mapping[str, TypeDeclaration]
_UNBOUNDED = Constraints()
_FEW = 8
"""So many values of an enum are listed in a message; of more, only those that look alike."""


def fit(
    node: Node, type: Type, types: Types, constraints: Constraints = _UNBOUNDED
) -> Findings[object]:
    """The value of the type; None after a finding."""
    match type:
        case Scalar():
            return (yield from _scalar(node, type, constraints))
        case ListOf(item):
            return (yield from _items(node, item, types, constraints))
        case SetOf(item):
            return (yield from _members(node, item, types, constraints))
        case MapOf(value):
            return (yield from _entries(node, value, types, constraints))
        case Reference(name):
            declaration = types.get(name)
            return (yield from _declared(node, declaration, types, constraints))


def fit_fields(
    node: Node, fields: Iterable[Field], owner: str, types: Types
) -> Findings[dict[str, object]]:
    """The values of a record or an event: every field that must be given, and no other."""
    fields = tuple(fields)
    values = yield from fit_some_fields(node, fields, owner, types)
    missing = (field for field in fields if field.name not in values and _is_needed(field, types))
    for field in missing if isinstance(node.value, dict) else ():
        yield unfit_value(f"{owner} needs `{field.name}`", node.place.value)
    return values


def _is_needed(field: Field, types: Types) -> bool:
    """Of a type that could not be understood it is not known whether it is optional."""
    is_unknown = isinstance(field.type, Reference) and field.type.name not in types
    return not field.optional and field.default is None and not is_unknown


def fit_some_fields(
    node: Node, fields: Iterable[Field], owner: str, types: Types
) -> Findings[dict[str, object]]:
    """The values of those fields that are given."""
    by_name = {field.name: field for field in fields}
    values: dict[str, object] = {}
    if not isinstance(node.value, dict):
        yield unfit_value(f"{owner} is a table, not {node.kind}", node.place.value)
        return values
    for name, child in node.items():
        if field := by_name.get(name):
            values[name] = yield from fit(child, field.type, types, field.constraints)
        else:
            hint = did_you_mean(name, by_name)
            yield unfit_value(f"{owner} has no field `{name}`", child.place, hint)
    return values


def _scalar(node: Node, scalar: Scalar, *bounds: Constraints) -> Findings[object]:
    try:
        value = scalar_value(scalar, node.value)
    except MisfitError as misfit:
        yield unfit_value(misfit.reason, node.place.value)
        return None
    for constraints in bounds:
        if reason := breach(value, constraints):
            yield unfit_value(reason, node.place.value)
    return value


def _declared(
    node: Node, declaration: TypeDeclaration | None, types: Types, constraints: Constraints
) -> Findings[object]:
    match declaration:
        case None:
            return None
        case IdType():
            return (yield from _scalar(node, declaration.base, constraints))
        case ConstrainedType():
            return (
                yield from _scalar(node, declaration.base, declaration.constraints, constraints)
            )
        case EnumType():
            return (yield from _enum(node, declaration))
        case RecordType():
            owner = f"`{declaration.name}`"
            values = yield from fit_fields(node, declaration.fields, owner, types)
            return RecordValue(declaration.name, values)


def _enum(node: Node, enum: EnumType) -> Findings[object]:
    if enum.values and node.value not in enum.values:
        shown = f"`{node.value}`" if isinstance(node.value, str) else node.kind
        some = f": {one_of(enum.values)}" if len(enum.values) <= _FEW else ""
        hint = did_you_mean(str(node.value), enum.values)
        reason = f"{shown} is not one of the values of `{enum.name}`{some}"
        if node.value in enum.retired:
            reason = f"{shown} of `{enum.name}` is retired, and not written any more"
            hint = f"use {one_of(enum.values)}" if some else ""
        yield unfit_value(reason, node.place.value, hint)
    return node.value


def _items(
    node: Node, item: Type, types: Types, constraints: Constraints
) -> Findings[list[object]]:
    if not isinstance(node.value, list):
        yield unfit_value(f"this must be a list, not {node.kind}", node.place.value)
        return []
    values: list[object] = []
    for element in node.elements():
        values.append((yield from fit(element, item, types)))
    if reason := breach(values, constraints):
        yield unfit_value(reason, node.place.value)
    return values


def _members(
    node: Node, item: Type, types: Types, constraints: Constraints
) -> Findings[frozenset[object]]:
    values = yield from _items(node, item, types, constraints)
    members: set[object] = set()
    for element, value in zip(node.elements(), values, strict=False):
        if not isinstance(value, Hashable):
            return frozenset()
        if value in members and value is not None:
            yield unfit_value("a set has each value once", element.place.value)
        members.add(value)
    return frozenset(members)


def _entries(
    node: Node, value: Type, types: Types, constraints: Constraints
) -> Findings[dict[str, object]]:
    if not isinstance(node.value, dict):
        yield unfit_value(f"this must be a table, not {node.kind}", node.place.value)
        return {}
    values: dict[str, object] = {}
    for key, child in node.items():
        values[key] = yield from fit(child, value, types)
        if "\0" in key:
            yield unfit_value("a key cannot contain the NUL character", child.place)
    if reason := breach(values, constraints):
        yield unfit_value(reason, node.place.value)
    return values
