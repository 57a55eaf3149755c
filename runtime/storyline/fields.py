"""A stored field and a question about it → a condition, which holds or not for an event's data.

One meaning in two places: `Condition.holds` decides as the SQL of `expressions.py` does. Knows no
SQL itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

from storyline.exact import is_exact
from storyline.operators import AnyValue, Operator, Requirement
from storyline.scalars import stored_bytes, stored_datetime, stored_duration, stored_time
from storyline.texts import is_storable

Comparable: TypeAlias = str | Decimal | bool
Operand: TypeAlias = Comparable | tuple[Comparable, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """One question about one field. The operand is what the stored value is compared with."""

    field: Anything
    operator: Operator
    operand: Operand

    def holds(self, data: Mapping[str, Any]) -> bool:
        """`data` as stored: JSON with exact numbers. A null is an absent field."""
        found = self.field.found(data)
        return _HOLDS[self.operator](
            None if found is None else self.field.comparable(found), self.operand
        )


@dataclass(frozen=True, slots=True)
class Anything:
    """A field of any type, by its stored key: there or not.

    Rows of older versions may keep it under the keys in `was`, or lack it: then it is `absent`.
    """

    key: str
    was: tuple[str, ...] = ()
    absent: Any = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The first under which there is a value counts."""
        return (self.key, *self.was)

    def found(self, data: Mapping[str, Any]) -> Any:
        values = (data[key] for key in self.keys if data.get(key) is not None)
        return next(values, self.absent)

    def exists(self, there: bool) -> Condition:
        if type(there) is not bool:
            raise self.misfit(there, "true or false")
        return Condition(self, Operator.EXISTS, there)

    def matching(self, match: object) -> tuple[Condition, ...]:
        """The conditions of an ad hoc requirement; a bare value means equality."""
        if isinstance(match, AnyValue):
            return ()
        asked = match if isinstance(match, Requirement) else Requirement((Operator.EQ, match))
        return tuple(self.asked(operator, operand) for operator, operand in asked.parts)

    def asked(self, operator: Operator, operand: object) -> Condition:
        method = getattr(self, _METHODS.get(operator, operator.value), None)
        if method is None:
            raise TypeError(f"`{self.key}` cannot be asked for `{operator.value}`")
        condition: Condition = method(operand)
        return condition

    def comparable(self, found: Any) -> Any:
        return found

    def misfit(self, value: object, expected: str) -> TypeError:
        return TypeError(
            f"`{self.key}` is compared with {expected}, not with {value!r} ({type(value).__name__})"
        )


_METHODS = {Operator.IN: "in_"}


@dataclass(frozen=True, slots=True)
class Scalar(Anything):
    """A field of one value that can be told from others. Wrong values raise `TypeError`."""

    def eq(self, value: Any) -> Condition:
        return Condition(self, Operator.EQ, self.encode(value))

    def neq(self, value: Any) -> Condition:
        """Holds where the field is absent, too."""
        return Condition(self, Operator.NEQ, self.encode(value))

    def in_(self, values: Iterable[Any]) -> Condition:
        return Condition(self, Operator.IN, self._encoded(values))

    def nin(self, values: Iterable[Any]) -> Condition:
        """Holds where the field is absent, too."""
        return Condition(self, Operator.NIN, self._encoded(values))

    def encode(self, value: Any) -> Comparable:
        raise NotImplementedError

    def _encoded(self, values: Iterable[Any]) -> tuple[Comparable, ...]:
        if isinstance(values, str | bytes):
            raise self.misfit(values, "several values")
        return tuple(dict.fromkeys(self.encode(value) for value in values))


@dataclass(frozen=True, slots=True)
class Boolean(Scalar):
    def encode(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise self.misfit(value, "true or false")
        return value


@dataclass(frozen=True, slots=True)
class Ordered(Scalar):
    """A field whose values have an order."""

    def gt(self, value: Any) -> Condition:
        return Condition(self, Operator.GT, self.encode(value))

    def gte(self, value: Any) -> Condition:
        return Condition(self, Operator.GTE, self.encode(value))

    def lt(self, value: Any) -> Condition:
        return Condition(self, Operator.LT, self.encode(value))

    def lte(self, value: Any) -> Condition:
        return Condition(self, Operator.LTE, self.encode(value))


@dataclass(frozen=True, slots=True)
class Text(Ordered):
    """Everything that is stored as JSON text but decimals. Ordered by code point."""

    def encode(self, value: Any) -> str:
        for kind, stored in _STORED_TEXT:
            if isinstance(value, kind):
                return self._storable(stored(value))
        raise self.misfit(value, "text, a date, a time, a duration, bytes or a UUID")

    def _storable(self, text: str) -> str:
        if not is_storable(text):
            raise self.misfit(text, "text without NUL and surrogates")
        return text


_STORED_TEXT: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (str, str.__str__),
    (datetime, stored_datetime),
    (date, date.isoformat),
    (time, stored_time),
    (timedelta, stored_duration),
    (UUID, str),
    (bytes, stored_bytes),
)
"""In this order: a datetime is also a date."""


@dataclass(frozen=True, slots=True)
class Number(Ordered):
    """Stored as a JSON number. Compared exactly: a float counts as the decimal it prints as."""

    def encode(self, value: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            raise self.misfit(value, "a number")
        exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        if not exact.is_finite():
            raise self.misfit(value, "a finite number")
        if not is_exact(exact):
            raise TypeError(f"`{self.key}` is compared with a number of too many digits")
        return exact

    def comparable(self, found: Any) -> Decimal:
        return Decimal(repr(found) if isinstance(found, float) else found)


@dataclass(frozen=True, slots=True)
class DecimalNumber(Number):
    """Stored as JSON text, compared as a number."""

    def encode(self, value: Any) -> Decimal:
        if isinstance(value, float):
            raise self.misfit(value, "a decimal")
        return Number.encode(self, value)


@dataclass(frozen=True, slots=True, init=False)
class ListOf(Anything):
    """A list or set of scalars."""

    item: Scalar = field(kw_only=True)

    def __init__(self, item: Scalar) -> None:
        object.__setattr__(self, "key", item.key)
        object.__setattr__(self, "was", item.was)
        object.__setattr__(self, "absent", item.absent)
        object.__setattr__(self, "item", item)

    def contains(self, value: Any) -> Condition:
        """Some element equals the value."""
        return Condition(self, Operator.CONTAINS, self.item.encode(value))

    def comparable(self, found: Any) -> tuple[Any, ...]:
        return tuple(self.item.comparable(each) for each in found if each is not None)


_HOLDS: Mapping[Operator, Callable[[Any, Any], bool]] = {
    Operator.EQ: lambda found, asked: found == asked,
    Operator.NEQ: lambda found, asked: found != asked,
    Operator.IN: lambda found, asked: found in asked,
    Operator.NIN: lambda found, asked: found not in asked,
    Operator.GT: lambda found, asked: found is not None and found > asked,
    Operator.GTE: lambda found, asked: found is not None and found >= asked,
    Operator.LT: lambda found, asked: found is not None and found < asked,
    Operator.LTE: lambda found, asked: found is not None and found <= asked,
    Operator.EXISTS: lambda found, asked: (found is not None) == asked,
    Operator.CONTAINS: lambda found, asked: found is not None and asked in found,
}
"""An operand is never `None`: an absent field equals nothing, and differs from everything."""
