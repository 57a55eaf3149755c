"""A schema → the facts about it that stored data depends on. Names of types and doc are none."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from storyline_generator.immutable import field_names
from storyline_generator.lock.bounds import LOWER, UPPER, number
from storyline_generator.lock.grammar import FORMAT
from storyline_generator.lock.tree import Fact, Tree
from storyline_generator.reads import rows
from storyline_generator.schema import (
    UNCONSTRAINED,
    Condition,
    ConstrainedType,
    Constraints,
    EnumType,
    Field,
    Filter,
    FilterItem,
    IdType,
    ListOf,
    MapOf,
    Parameter,
    Projection,
    RecordType,
    Reference,
    Scalar,
    Schema,
    SetOf,
    Type,
    TypeDeclaration,
)
from storyline_generator.values.stored import stored

_Types = Mapping[str, TypeDeclaration]


def frozen(schema: Schema, indexes: Mapping[str, str]) -> Tree:
    """All facts of the story as it is now; `indexes` are their names and definitions."""
    return {
        "format": FORMAT,
        "story": schema.story,
        "schema": schema.database_schema,
        "events": {
            event.name: {str(event.version): frozen_fields(event.fields, schema.types)}
            for event in schema.events.values()
        },
        "renamed": {
            old: {event.name: True} for event in schema.events.values() for old in event.was
        },
        "streams": {
            stream.name: {"key": stream.key.key, "events": _all(stream.events)}
            for stream in schema.streams.values()
        },
        "filters": {found.name: _filter(found) for found in schema.filters.values()},
        "indexes": dict(indexes),
        "projections": {
            projection.name: {str(projection.version): _projection(projection, schema)}
            for projection in schema.projections.values()
        },
    }


def _projection(projection: Projection, schema: Schema) -> Tree:
    """The shape of its states, what each is made of, and by which fields they are found."""
    listed: dict[str, Tree] = {
        "events": _all(projection.events),
        "index": _all(projection.index),
        "keys": dict(_stored_keys(projection, schema)),
        "asks": _numbered(item for item in rows(schema, projection) if item.conditions),
    }
    said = {name: facts for name, facts in listed.items() if facts}
    return {**frozen_fields(projection.state, schema.types), **said}


def _stored_keys(projection: Projection, schema: Schema) -> Iterator[tuple[str, str]]:
    """Under which key of each event the id of a state is stored."""
    for event, key in projection.keys.items():
        field = schema.field_of(event, key.field)
        yield event, field.key if field else key.field


def _all(names: Iterable[str]) -> Tree:
    return dict.fromkeys(names, True)


def frozen_fields(fields: Iterable[Field], types: _Types, outer: tuple[str, ...] = ()) -> Tree:
    """The shape of what these fields are stored as, by stored key."""
    return {"fields": {field.key: _field(field, types, outer) for field in fields}}


def _field(field: Field, types: _Types, outer: tuple[str, ...]) -> Tree:
    shape = {**_shape(field.type, types, outer)}
    for name, bound in bounds_of(field.constraints).items():
        _narrow(shape, name, bound)
    if field.optional:
        shape["optional"] = True
    if field.was:
        shape["was"] = dict.fromkeys(field.was, True)
    if field.default:
        shape |= _default(stored(field.default.value, field.type, types))
    return shape


def _shape(type: Type, types: _Types, outer: tuple[str, ...]) -> Tree:
    match type:
        case Scalar():
            return {"type": type.value}
        case ListOf(item):
            return {"type": "list", "item": _shape(item, types, outer)}
        case SetOf(item):
            return {"type": "set", "item": _shape(item, types, outer)}
        case MapOf(item):
            return {"type": "map", "item": _shape(item, types, outer)}
        case Reference(name):
            return _declared(types[name], types, outer)


def _declared(declaration: TypeDeclaration, types: _Types, outer: tuple[str, ...]) -> Tree:
    match declaration:
        case IdType(base=base):
            return {"type": base.value}
        case ConstrainedType(base=base, constraints=constraints):
            return {"type": base.value, **bounds_of(constraints)}
        case EnumType():
            values: Tree = dict.fromkeys((*declaration.values, *declaration.retired), True)
            return {
                "type": "enum",
                "values": values,
                **({"open": True} if declaration.open else {}),
            }
        case RecordType(name=name) if name in outer:
            return {"type": "outer", "levels": outer.index(name) + 1}
        case RecordType(name=name, fields=fields):
            return {"type": "record", **frozen_fields(fields, types, (name, *outer))}


def bounds_of(constraints: Constraints) -> dict[str, Fact]:
    if constraints == UNCONSTRAINED:  # as most are
        return {}
    given = {name: getattr(constraints, name) for name in field_names(Constraints)}
    return {name: _exact(bound) for name, bound in given.items() if bound is not None}


def _exact(bound: object) -> Fact:
    """TOML has no exact numbers but whole ones."""
    return bound if isinstance(bound, int | str) else str(bound)


def _narrow(shape: dict[str, Fact | Tree], name: str, bound: Fact) -> None:
    """Both bounds hold, that of the type and that of the field."""
    there = shape.get(name)
    if there is None or isinstance(there, Mapping):
        shape[name] = bound
    elif name in LOWER:
        shape[name] = max(there, bound, key=number)
    elif name in UPPER:
        shape[name] = min(there, bound, key=number)
    elif there != bound:
        shape[f"base_{name}"], shape[name] = there, bound


def _default(value: object) -> Tree:
    """Readable where TOML can say it in a word, else as JSON."""
    if isinstance(value, str | int):
        return {"default": value}
    return {"default_json": json.dumps(value, sort_keys=True, ensure_ascii=False)}


def _filter(found: Filter) -> Tree:
    items = _numbered(found.items)
    return {**items, "index": True} if found.index else items


def _numbered(items: Iterable[FilterItem]) -> Tree:
    return {
        str(number): {
            "events": _all(item.events),
            "where": _conditions(item.conditions),
        }
        for number, item in enumerate(items, 1)
    }


def _conditions(conditions: Iterable[Condition]) -> Tree:
    """By key and operator. Of several with the same, as with a range from both sides, all."""
    by_key: dict[str, dict[str, Fact]] = {}
    for asked in conditions:
        operators = by_key.setdefault(asked.field.key, {})
        before = operators.get(asked.operator.value)
        text = _operand(asked)
        operators[asked.operator.value] = text if before is None else f"{before} and {text}"
    return by_key


def _operand(asked: Condition) -> str:
    """A parameter by its name; a constant as JSON."""
    if isinstance(asked.operand, Parameter):
        return f"${asked.operand.name}"
    return json.dumps(asked.operand.value, default=str, ensure_ascii=False)
