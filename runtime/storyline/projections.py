"""A projection without reading and saving: a fold of events into a state, a handler per type."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar, cast

from storyline.events import Event, Recorded, State

S = TypeVar("S", bound=State)
S_co = TypeVar("S_co", bound=State, covariant=True)
E = TypeVar("E", bound=Event)


class SavedProjection(NamedTuple, Generic[S_co]):
    """A state, and how far its projection had read: everything up to `latest_event_id`."""

    type: str
    id: str
    version: int
    latest_event_id: int
    state: S_co


class ProjectionFold(ABC, Generic[S, E]):
    """What a generated projection declares. Handlers are pure: they return the next state."""

    projection_type: ClassVar[str]
    version: ClassVar[int] = 1
    state_class: ClassVar[type[State]]
    handlers: ClassVar[Mapping[str, str]]
    """Stored event type → the name of the method that handles it; other types change nothing."""

    def __init_subclass__(cls, **arguments: Any) -> None:
        """A class that forgot an event says so where it stands, not where it is first used."""
        super().__init_subclass__(**arguments)
        if "handlers" not in vars(cls) and hasattr(cls, "handlers"):
            _refuse_forgotten_events(cls)

    @abstractmethod
    def initial_state(self) -> S: ...

    def fold(self, events: Iterable[Recorded[E]], state: S | None = None) -> S:
        """The state after the events, from `state` or the initial one."""
        return reduce(self.next_state, events, self.initial_state() if state is None else state)

    def next_state(self, state: S, event: Recorded[E]) -> S:
        method = self.handlers.get(event.type)
        if method is None:
            return state
        handler: Callable[[S, Recorded[Any]], S] = getattr(self, method)
        return handler(state, event)

    @property
    def typed_state_class(self) -> type[S]:
        """`state_class`, whose type a class variable cannot say."""
        return cast("type[S]", self.state_class)


def _refuse_forgotten_events(projection: type[ProjectionFold[Any, Any]]) -> None:
    forgotten = {
        event: method
        for event, method in projection.handlers.items()
        if getattr(getattr(projection, method), "__isabstractmethod__", False)
    }
    if forgotten:
        methods = ", ".join(f"`{method}` for `{event}`" for event, method in forgotten.items())
        raise TypeError(
            f"`{projection.__name__}` does not handle every event. Write {methods};"
            " or name what does not matter under `ignore`, in the schema."
        )
