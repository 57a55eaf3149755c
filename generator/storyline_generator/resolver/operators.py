"""Which operators a type can answer, and what each is asked with. A new operator begins here."""

from __future__ import annotations

from collections.abc import Mapping

from storyline_generator.schema import (
    ConstrainedType,
    EnumType,
    IdType,
    ListOf,
    Operator,
    Reference,
    Scalar,
    SetOf,
    Type,
    TypeDeclaration,
    is_single,
)

_EXISTENCE = (Operator.EXISTS,)
_EQUALITY = (Operator.EQ, Operator.NEQ, Operator.IN, Operator.NIN, *_EXISTENCE)
_ORDER = (Operator.GT, Operator.GTE, Operator.LT, Operator.LTE)
_MEMBERSHIP = (Operator.CONTAINS, *_EXISTENCE)
_ORDERED = frozenset(
    {
        Scalar.STR,
        Scalar.INT,
        Scalar.FLOAT,
        Scalar.DECIMAL,
        Scalar.DATE,
        Scalar.DATETIME,
        Scalar.TIME,
    }
)
TAKE_MANY = (Operator.IN, Operator.NIN)


def operators_of(type: Type, types: Mapping[str, TypeDeclaration]) -> tuple[Operator, ...]:
    """What can be asked of a field of this type. A type that is unknown answers everything."""
    match type:
        case Scalar.JSON:
            return _EXISTENCE
        case Scalar():
            return (*_EQUALITY, *_ORDER) if type in _ORDERED else _EQUALITY
        case ListOf(item) | SetOf(item):
            return _MEMBERSHIP if is_single(item, types) else _EXISTENCE
        case Reference(name):
            return _operators_of_declared(types.get(name), types)
        case _:
            return _EXISTENCE


def operand_type(operator: Operator, type: Type) -> Type:
    """What one operand is, for a field of this type."""
    if operator is Operator.EXISTS:
        return Scalar.BOOL
    if operator is Operator.CONTAINS and isinstance(type, ListOf | SetOf):
        return type.item
    return type


def _operators_of_declared(
    declaration: TypeDeclaration | None, types: Mapping[str, TypeDeclaration]
) -> tuple[Operator, ...]:
    match declaration:
        case None:
            return tuple(Operator)
        case IdType() | EnumType():
            return _EQUALITY
        case ConstrainedType(base=base):
            return operators_of(base, types)
        case _:
            return _EXISTENCE
