"""Which saved states are asked for, and in which order, as values. Knows no SQL.

Generated states have `where` and `ordered_by`, which take only fields that have an index.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from storyline.events import State
from storyline.fields import Comparable, Condition, Scalar
from storyline.state_keys import attribute

S_co = TypeVar("S_co", bound=State, covariant=True)


@dataclass(frozen=True, init=False)
class StateQuery(Generic[S_co]):
    """States for which all conditions hold."""

    conditions: tuple[Condition, ...]

    def __init__(self, *conditions: Condition) -> None:
        object.__setattr__(self, "conditions", conditions)


@dataclass(frozen=True)
class StateOrder(Generic[S_co]):
    """By a field, and then by id; without a field by id alone. What is absent is the greatest."""

    field: Scalar | None
    descending: bool = False

    def place(self, state: State) -> Comparable | None:
        """The field's value as it is compared."""
        if self.field is None:
            return None
        value = getattr(state, attribute(type(state), self.field.key))
        return None if value is None else self.field.encode(value)
