"""What tells the states of a projection apart, and which of them an event touches. Pure.

The id of a state is the stored text of its key. `expressions.state_ids` finds the same ids in SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from storyline.events import Event, Record
from storyline.fields import Condition, ListOf, Scalar
from storyline.queries import Query, QueryItem
from storyline.texts import stored_text


@dataclass(frozen=True, slots=True, eq=False)
class StateKey:
    """`of_text` makes the key of an id; `fields`: where the rows of each stored type have it."""

    name: str
    of_text: Callable[[str], Any]
    fields: Mapping[str, Scalar | ListOf]

    def ids_of(self, event: Event) -> tuple[str, ...]:
        """Sorted, each once. Several where the event has a list of keys, none where it is empty."""
        field = self.fields[event.__type__]
        found = getattr(event, attribute(type(event), field.key))
        return tuple(sorted(set(map(str, found)))) if isinstance(field, ListOf) else (str(found),)

    def text_of(self, value: object) -> str:
        """The id of the state, however the key is spelt.

        Raises what `of_text` raises, and `UnwritableError` for a text that no event can hold.
        """
        return stored_text(self.name, self.of_text(str(value)))

    def query(self, reads: Query[Any], id: str) -> Query[Any]:
        """Of what is read, the events that touch one state."""
        value = self.of_text(id)
        return Query(
            *(
                QueryItem(types, *item.conditions, _asking(field, value), was=dict(item.was))
                for item in reads.items
                for field, types in types_by_field(self.fields, item.types).items()
            )
        )


def types_by_field(
    fields: Mapping[str, Scalar | ListOf], types: Iterable[str]
) -> Mapping[Scalar | ListOf, tuple[str, ...]]:
    """Events that have the key in the same place can be asked for together."""
    found: dict[Scalar | ListOf, tuple[str, ...]] = {}
    for type in types:
        found[fields[type]] = (*found.get(fields[type], ()), type)
    return found


def _asking(field: Scalar | ListOf, value: Any) -> Condition:
    return field.contains(value) if isinstance(field, ListOf) else field.eq(value)


@cache
def attribute(model: type[Record], key: str) -> str:
    """What the class calls the field that is stored under the key."""
    return next(name for name, field in model.model_fields.items() if (field.alias or name) == key)
