"""Types and fields of a schema → annotations and class bodies in Python."""

from __future__ import annotations

from storyline_generator.identifiers import field_name
from storyline_generator.plan.module import PlannedField, PlannedParameter
from storyline_generator.plan.quoting import docstring, quoted
from storyline_generator.plan.scope import Scope, scalar_of
from storyline_generator.plan.values import expression, has_record
from storyline_generator.schema import (
    Constraints,
    Field,
    ListOf,
    MapOf,
    Parameter,
    Reference,
    Scalar,
    SetOf,
    Type,
)

_PYTHON_TYPES = {
    Scalar.STR: ("builtins", "str"),
    Scalar.INT: ("builtins", "int"),
    Scalar.FLOAT: ("builtins", "float"),
    Scalar.BOOL: ("builtins", "bool"),
    Scalar.DECIMAL: ("decimal", "Decimal"),
    Scalar.UUID: ("uuid", "UUID"),
    Scalar.DATE: ("datetime", "date"),
    Scalar.DATETIME: ("storyline", "DateTime"),
    Scalar.TIME: ("storyline", "Time"),
    Scalar.DURATION: ("storyline", "Duration"),
    Scalar.BYTES: ("storyline", "Bytes"),
    Scalar.JSON: ("storyline", "Json"),
}

_ANY_TYPE = {
    "min_length": "min_length",
    "max_length": "max_length",
    "pattern": "pattern",
    "min": "ge",
    "max": "le",
    "multiple_of": "multiple_of",
    "decimal_places": "decimal_places",
    "max_digits": "max_digits",
    "min_items": "min_length",
    "max_items": "max_length",
}
"""Constraint → what pydantic calls it."""


def annotation(scope: Scope, type: Type) -> str:
    """The type as callers see it, without the constraints of a field."""
    match type:
        case Scalar():
            return scope.names.library(*_PYTHON_TYPES[type])
        case ListOf(item):
            return f"{scope.names.builtin('list')}[{annotation(scope, item)}]"
        case SetOf(item):
            return f"{scope.names.runtime('SortedSet')}[{annotation(scope, item)}]"
        case MapOf(item):
            text = scope.names.builtin("str")
            return f"{scope.names.builtin('dict')}[{text}, {annotation(scope, item)}]"
        case Reference(name):
            return scope.names.story("types", name)


def constrained(scope: Scope, type: Type, constraints: Constraints) -> str:
    """`Annotated[str, Field(max_length=80)]`; the bare type where nothing is constrained."""
    limits = _limits(scope, type, constraints)
    return _annotated(scope, annotation(scope, type), limits) if limits else annotation(scope, type)


def planned_field(scope: Scope, field: Field) -> PlannedField:
    """A line of an event or a record."""
    return PlannedField(
        name=field_name(field.name),
        annotation=_field_annotation(scope, field),
        default=_default(scope, field),
        docstring=docstring(field.doc),
    )


def nullable(scope: Scope, field: Field) -> str:
    return annotation(scope, field.type) + (" | None" if field.optional else "")


def planned_parameter(scope: Scope, parameter: Parameter, name: str) -> PlannedParameter:
    """A keyword argument; `many`: a sequence of them."""
    one = annotation(scope, parameter.type)
    sequence = (
        f"{scope.names.library('collections.abc', 'Sequence')}[{one}]" if parameter.many else one
    )
    return PlannedParameter(name, sequence)


def _field_annotation(scope: Scope, field: Field) -> str:
    """Constraints bind the value, the key in the stored data binds the field: hence two levels."""
    value = constrained(scope, field.type, field.constraints) + (
        " | None" if field.optional else ""
    )
    renamed = field.key != field_name(field.name)
    return _annotated(scope, value, [f"alias={quoted(field.key)}"]) if renamed else value


def _annotated(scope: Scope, annotation: str, arguments: list[str]) -> str:
    pydantic_field = scope.names.library("pydantic", "Field")
    return f"{scope.names.library('typing', 'Annotated')}[{annotation}, {pydantic_field}({', '.join(arguments)})]"


def _limits(scope: Scope, type: Type, constraints: Constraints) -> list[str]:
    set_limits = {name: getattr(constraints, name) for name in _ANY_TYPE}
    return [
        f"{_ANY_TYPE[name]}={_limit(scope, type, name, limit)}"
        for name, limit in set_limits.items()
        if limit is not None
    ]


def _limit(scope: Scope, type: Type, name: str, limit: object) -> str:
    """A bound is a value of the type itself; a length is a number."""
    scalar = scalar_of(scope.schema, type) if name in ("min", "max", "multiple_of") else None
    if scalar:
        return expression(scope, scalar, limit)
    return quoted(limit) if isinstance(limit, str) else repr(limit)


def _default(scope: Scope, field: Field) -> str:
    if field.default is None:
        return "None" if field.optional else ""
    value = expression(scope, field.type, field.default.value)
    if not has_record(field.default.value):
        return value
    # The record's class may stand further down: it is looked up when the default is needed.
    return f"{scope.names.library('pydantic', 'Field')}(default_factory=lambda: {value})"
