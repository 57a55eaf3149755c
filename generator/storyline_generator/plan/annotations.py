"""Types and fields of a schema → annotations and class bodies in Python."""

from __future__ import annotations

from collections.abc import Iterator

from storyline_generator.identifiers import field_name
from storyline_generator.plan.module import PlannedField, PlannedParameter
from storyline_generator.plan.quoting import docstring, quoted
from storyline_generator.plan.scope import Scope
from storyline_generator.plan.values import expression, has_record
from storyline_generator.schema import (
    UNCONSTRAINED,
    Constraints,
    Field,
    ListOf,
    MapOf,
    Parameter,
    Reference,
    Scalar,
    SetOf,
    Type,
    scalar_of,
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

_BOUNDS = {"min": "ge", "max": "le", "multiple_of": "multiple_of"}
"""Constraints that are values of the type itself, and what pydantic calls them."""

_SIZES = {
    "min_length": "min_length",
    "max_length": "max_length",
    "decimal_places": "decimal_places",
    "max_digits": "max_digits",
    "min_items": "min_length",
    "max_items": "max_length",
}
"""Constraints that are whole numbers, whatever the type."""


def annotation(scope: Scope, type: Type) -> str:
    """The type as callers see it, without the constraints of a field."""
    return scope.names.once((annotation, type), lambda: _annotation(scope, type))


def _annotation(scope: Scope, type: Type) -> str:
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


def constrained(
    scope: Scope, type: Type, constraints: Constraints, released: Constraints | None
) -> str:
    """`Annotated[str, Field(max_length=80)]`; the bare type where nothing is constrained."""
    limits = _limits(scope, type, released or constraints)
    narrower = _narrower(scope, type, constraints) if released else ""
    return _annotated(scope, annotation(scope, type), *limits, narrower=narrower)


def planned_field(scope: Scope, field: Field) -> PlannedField:
    """A line of an event or a record."""
    return PlannedField(
        name=field_name(field.name),
        annotation=_field_annotation(scope, field),
        default=_default(scope, field),
        docstring=docstring(_doc(field)),
    )


def _doc(field: Field) -> str:
    if not field.deprecated:
        return field.doc
    deprecated = f"Deprecated: {field.deprecated}"
    return f"{field.doc}\n\n{deprecated}" if field.doc else deprecated


def planned_parameter(scope: Scope, parameter: Parameter, name: str) -> PlannedParameter:
    """A keyword argument; `many`: a sequence of them."""
    one = annotation(scope, parameter.type)
    return PlannedParameter(name, _sequence(scope, one) if parameter.many else one)


def mutable(scope: Scope, type: Type, value: str) -> str:
    """A default that pydantic copies for each object, and linters know that it does.

    A type checker cannot infer the type of JSON through `Field`, unless it is validated anyway.
    """
    validated = ", validate_default=True" if _has_json(type) else ""
    return f"{scope.names.library('pydantic', 'Field')}(default={value}{validated})"


def _has_json(type: Type) -> bool:
    match type:
        case ListOf(item) | SetOf(item) | MapOf(item):
            return _has_json(item)
        case _:
            return type is Scalar.JSON


def _sequence(scope: Scope, item: str) -> str:
    return f"{scope.names.library('collections.abc', 'Sequence')}[{item}]"


def _field_annotation(scope: Scope, field: Field) -> str:
    """Constraints bind the value, the stored key binds the field, which may be None."""
    one = annotation(scope, field.type)
    limits = _limits(scope, field.type, field.released or field.constraints)
    narrower = _narrower(scope, field.type, field.constraints) if field.released else ""
    key = [] if field.key == field_name(field.name) else [f"alias={quoted(field.key)}"]
    if field.was:
        keys = ", ".join(map(quoted, (field.key, *field.was)))
        key.append(f"validation_alias={scope.names.library('pydantic', 'AliasChoices')}({keys})")
    if field.optional:
        value = _annotated(scope, one, *limits, narrower=narrower)
        return _annotated(scope, f"{value} | None", *key)
    return _annotated(scope, one, *limits, *key, narrower=narrower)


def _annotated(scope: Scope, annotation: str, *arguments: str, narrower: str = "") -> str:
    """The bare type, where there is nothing to say about it."""
    said = [narrower] if narrower else []
    if arguments:
        said.insert(0, f"{scope.names.library('pydantic', 'Field')}({', '.join(arguments)})")
    if not said:
        return annotation
    return f"{scope.names.library('typing', 'Annotated')}[{annotation}, {', '.join(said)}]"


def _narrower(scope: Scope, type: Type, constraints: Constraints) -> str:
    """All bounds of today, for what is made now: rows are read by those of the field."""
    limits = ", ".join(_limits(scope, type, constraints))
    return f"{scope.names.runtime('Narrower')}({limits})"


def _limits(scope: Scope, type: Type, constraints: Constraints) -> Iterator[str]:
    if constraints == UNCONSTRAINED:
        return
    scalar = scalar_of(type, scope.schema.types)
    for name, theirs in _BOUNDS.items():
        if scalar and (bound := getattr(constraints, name)) is not None:
            yield f"{theirs}={expression(scope, scalar, bound)}"
    for name, theirs in _SIZES.items():
        if (size := getattr(constraints, name)) is not None:
            yield f"{theirs}={size}"
    if constraints.pattern is not None:
        yield f"pattern={quoted(constraints.pattern)}"


def _default(scope: Scope, field: Field) -> str:
    if field.default is None:
        return "None" if field.optional else ""
    value = expression(scope, field.type, field.default.value)
    if has_record(field.default.value):
        # The record's class may stand further down: it is looked up when the default is needed.
        return f"{scope.names.library('pydantic', 'Field')}(default_factory=lambda: {value})"
    is_display = value[0] in "[{"
    return mutable(scope, field.type, value) if is_display else value
