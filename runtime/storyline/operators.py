"""What a caller may ask of one field, ad hoc: `ItemAdded.where(due_on=gte(monday) & lt(friday))`.

The types say which fields can be asked: `Equals` any scalar, `Compares` only those with an order.
Knows neither fields nor SQL.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, StrEnum
from typing import Any, Final, Generic, TypeAlias, TypeVar, overload

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Operator(StrEnum):
    EQ = "eq"
    NEQ = "neq"
    IN = "in"
    NIN = "nin"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    EXISTS = "exists"
    CONTAINS = "contains"


class Requirement:
    """Operators and operands, all of which must hold."""

    __slots__ = ("parts",)

    def __init__(self, *parts: tuple[Operator, object]) -> None:
        self.parts: Final = parts

    def __repr__(self) -> str:
        return " & ".join(f"{operator}({operand!r})" for operator, operand in self.parts)


class Compares(Requirement, Generic[T_co]):
    """Asks for an order."""

    __slots__ = ()

    def __and__(self, other: Compares[T]) -> Compares[T_co | T]:
        return Compares(*self.parts, *other.parts)


class Equals(Compares[T_co]):
    """Asks for equality only, and so of more fields than `Compares`."""

    __slots__ = ()

    @overload
    def __and__(self, other: Equals[T]) -> Equals[T_co | T]: ...
    @overload
    def __and__(self, other: Compares[T]) -> Compares[T_co | T]: ...
    def __and__(self, other: Compares[T]) -> Compares[T_co | T]:
        parts = (*self.parts, *other.parts)
        return Equals(*parts) if isinstance(other, Equals) else Compares(*parts)


class Contains(Requirement, Generic[T_co]):
    """Asks for elements of a list or set."""

    __slots__ = ()

    def __and__(self, other: Contains[T]) -> Contains[T_co | T]:
        return Contains(*self.parts, *other.parts)


class Exists(Equals[Any]):
    """Asks whether there is a value, and so of every field."""

    __slots__ = ()


class AnyValue(Enum):
    ANY = "any"


ANY: Final = AnyValue.ANY
"""No requirement."""

Match: TypeAlias = T | Equals[T] | AnyValue
OrderedMatch: TypeAlias = T | Compares[T] | AnyValue
ListMatch: TypeAlias = Contains[T] | Exists | AnyValue
ExistsMatch: TypeAlias = Exists | AnyValue


def eq(value: T) -> Equals[T]:
    return Equals((Operator.EQ, value))


def neq(value: T) -> Equals[T]:
    """Also where the field is absent."""
    return Equals((Operator.NEQ, value))


def in_(values: Sequence[T]) -> Equals[T]:
    return Equals((Operator.IN, values))


def nin(values: Sequence[T]) -> Equals[T]:
    """Also where the field is absent."""
    return Equals((Operator.NIN, values))


def gt(value: T) -> Compares[T]:
    return Compares((Operator.GT, value))


def gte(value: T) -> Compares[T]:
    return Compares((Operator.GTE, value))


def lt(value: T) -> Compares[T]:
    return Compares((Operator.LT, value))


def lte(value: T) -> Compares[T]:
    return Compares((Operator.LTE, value))


def exists(there: bool = True) -> Exists:
    return Exists((Operator.EXISTS, there))


def contains(value: T) -> Contains[T]:
    """Some element equals the value."""
    return Contains((Operator.CONTAINS, value))
