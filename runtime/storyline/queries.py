"""Which events a reader or a decision depends on, as a value: an OR of items.

A query can decide in Python (`matches`) as the database does, and so it knows no database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, overload

from storyline.events import Event, Recorded, write_json
from storyline.exact import exact_json
from storyline.fields import Condition

E_co = TypeVar("E_co", bound=Event, covariant=True)
A = TypeVar("A", bound=Event)
B = TypeVar("B", bound=Event)
C = TypeVar("C", bound=Event)
V = TypeVar("V")


@dataclass(frozen=True, init=False)
class QueryItem:
    """Events of any of these types for which all conditions hold.

    `was`: an older stored name of a type → its name today, which is the one to ask for.
    """

    types: tuple[str, ...]
    conditions: tuple[Condition, ...]
    was: tuple[tuple[str, str], ...]

    def __init__(
        self,
        types: Iterable[str],
        *conditions: Condition,
        was: Mapping[str, str] | None = None,
    ) -> None:
        wanted = tuple(dict.fromkeys(types))
        older = tuple(each for each in was.items() if each[1] in wanted) if was else ()
        object.__setattr__(self, "types", wanted)
        object.__setattr__(self, "conditions", _each_once(conditions))
        object.__setattr__(self, "was", older)

    @property
    def stored_types(self) -> tuple[str, ...]:
        """What rows may have as their type: today's names, then older ones."""
        return (*self.types, *(old for old, _ in self.was)) if self.was else self.types

    def matches(self, type: str, data: Mapping[str, Any]) -> bool:
        """The type is that of a row, under any of its names."""
        is_wanted = type in self.stored_types
        return is_wanted and all(condition.holds(data) for condition in self.conditions)

    def only(self, types: Iterable[str]) -> QueryItem:
        """An older name stands for the event that has it."""
        older = dict(self.was)
        wanted = {older.get(type, type) for type in types}
        kept = (type for type in self.types if type in wanted)
        return QueryItem(kept, *self.conditions, was=older)


@dataclass(frozen=True, init=False)
class Query(Generic[E_co]):
    """Events that any item matches, each once. `a | b` finds what either finds."""

    items: tuple[QueryItem, ...]

    def __init__(self, *items: QueryItem) -> None:
        object.__setattr__(self, "items", _each_once(tuple([i for i in items if i.types])))

    def __or__(self, other: Query[A]) -> Query[E_co | A]:
        return Query(*self.items, *other.items)

    @property
    def types(self) -> tuple[str, ...]:
        """Every type that can be found, each once, under the name that it has today."""
        return tuple(dict.fromkeys(type for item in self.items for type in item.types))

    @overload
    def only(self, *types: str) -> Query[E_co]: ...
    @overload
    def only(self, first: type[A], /) -> Query[A]: ...
    @overload
    def only(self, first: type[A], second: type[B], /) -> Query[A | B]: ...
    @overload
    def only(self, first: type[A], second: type[B], third: type[C], /) -> Query[A | B | C]: ...
    def only(self, *types: str | type[Event]) -> Query[Any]:
        """Of these events only: stored types, or up to three classes, which narrow the type."""
        names = {type if isinstance(type, str) else type.__type__ for type in types}
        return Query(*(item.only(names) for item in self.items))

    def matches(self, event: Event | Recorded[Event]) -> bool:
        """As the database decides, for the event as this code would store it."""
        data = event.data if isinstance(event, Recorded) else event
        return self.matches_stored(data.__type__, exact_json(write_json(data)))

    def matching(self, events: Iterable[Recorded[Any]]) -> tuple[Recorded[E_co], ...]:
        return tuple(event for event in events if self.matches(event))

    def matches_stored(self, type: str, data: Mapping[str, Any]) -> bool:
        """As the database decides, for data read by `exact_json`."""
        return any(item.matches(type, data) for item in self.items)


def _each_once(values: tuple[V, ...]) -> tuple[V, ...]:
    """Mostly there is one, and its hash would take as long as the rest of a query."""
    return tuple(dict.fromkeys(values)) if len(values) > 1 else values


def either(queries: Sequence[Query[A]]) -> Query[A]:
    """What any of them finds: `a | b | …`."""
    return Query(*(item for query in queries for item in query.items))
