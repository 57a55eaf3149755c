"""Fields and conditions of a schema → the runtime's descriptors and operators."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from storyline_generator.identifiers import parameter_name
from storyline_generator.plan.annotations import annotation
from storyline_generator.plan.quoting import quoted, quoted_tuple
from storyline_generator.plan.scalar_values import json_expression
from storyline_generator.plan.scope import Scope
from storyline_generator.plan.values import expression
from storyline_generator.schema import (
    Condition,
    EnumType,
    Field,
    IdType,
    ListOf,
    Operator,
    Parameter,
    Reference,
    Scalar,
    SetOf,
    Type,
    scalar_of,
)

_DESCRIPTORS = {
    Scalar.INT: "Number",
    Scalar.FLOAT: "Number",
    Scalar.DECIMAL: "DecimalNumber",
    Scalar.BOOL: "Boolean",
    Scalar.JSON: "Anything",
}
_WITHOUT_ORDER = (Scalar.BOOL, Scalar.UUID, Scalar.DURATION, Scalar.BYTES)
_METHODS = {Operator.IN: "in_"}


def descriptor(scope: Scope, field: Field) -> str:
    """How the field is compared in the database: `Text("due_on")`, `ListOf(Number("sizes"))`."""
    form = scope.names.once((descriptor, field.type), lambda: _form(scope, field.type))
    return form.format(", ".join(_whereabouts(field)))


def _form(scope: Scope, type: Type) -> str:
    """`ListOf(Number({}))`."""
    item = _item(type)
    kind = _descriptor(scope, item or type)
    one = f"{scope.names.runtime(kind)}({{}})"
    return f"{scope.names.runtime('ListOf')}({one})" if item and kind != "Anything" else one


def _whereabouts(field: Field) -> Iterator[str]:
    """The key; and in rows of older versions, other keys, and the value of what is absent."""
    yield quoted(field.key)
    if field.older_keys:
        yield f"was={quoted_tuple(field.older_keys)}"
    if field.absent_means:
        yield f"absent={_hashable(field.absent_means.value)}"


def _hashable(value: object) -> str:
    """A list as a tuple; of tables it is only asked whether they are there."""
    match value:
        case list() | tuple():
            items = [_hashable(item) for item in cast("list[object]", value)]
            return f"({', '.join(items)}{',' if len(items) == 1 else ''})"
        case dict():
            return "True"
        case _:
            return json_expression(value)


def match_annotation(scope: Scope, field: Field) -> str:
    """What `where` accepts for the field: `OrderedMatch[date]`, `ListMatch[str]`."""
    return scope.names.once((match_annotation, field.type), lambda: _match(scope, field.type))


def _match(scope: Scope, whole: Type) -> str:
    item = _item(whole)
    type = item or whole
    if _descriptor(scope, type) == "Anything":
        return scope.names.runtime("ExistsMatch")
    kind = "ListMatch" if item else "OrderedMatch" if _has_order(scope, type) else "Match"
    return f"{scope.names.runtime(kind)}[{annotation(scope, type)}]"


def condition(scope: Scope, condition: Condition) -> str:
    """`Text("due_on").lt(before)`."""
    method = _METHODS.get(condition.operator, condition.operator.value)
    return f"{descriptor(scope, condition.field)}.{method}({_operand(scope, condition)})"


def _operand(scope: Scope, condition: Condition) -> str:
    if isinstance(condition.operand, Parameter):
        return parameter_name(condition.operand.name)
    return expression(scope, _operand_type(condition), condition.operand.value)


def _operand_type(condition: Condition) -> Type:
    type = condition.field.type
    match condition.operator:
        case Operator.EXISTS:
            return Scalar.BOOL
        case Operator.IN | Operator.NIN:
            return ListOf(type)
        case Operator.CONTAINS:
            return _item(type) or type
        case _:
            return type


def _item(type: Type) -> Type | None:
    return type.item if isinstance(type, ListOf | SetOf) else None


def _descriptor(scope: Scope, type: Type) -> str:
    scalar = scalar_of(type, scope.schema.types)
    return _DESCRIPTORS.get(scalar, "Text") if scalar else "Anything"


def _has_order(scope: Scope, type: Type) -> bool:
    """Identifiers and enums have none, whatever they are stored as."""
    declared = scope.schema.types[type.name] if isinstance(type, Reference) else None
    if isinstance(declared, IdType | EnumType):
        return False
    return scalar_of(type, scope.schema.types) not in _WITHOUT_ORDER
