"""A projection without reading and saving: a fold of events into a state, a handler per type."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import reduce
from typing import Any, ClassVar, Generic, NamedTuple, Self, TypeVar, cast
from uuid import UUID

from storyline.errors import ProjectionOnDemandError
from storyline.events import Event, Recorded, State
from storyline.poison import OnError, Stop
from storyline.queries import Query
from storyline.state_keys import StateKey
from storyline.story import Story
from storyline.texts import stored_text

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

    story: ClassVar[Story]
    projection_type: ClassVar[str]
    version: ClassVar[int] = 1
    revision: ClassVar[int] = 1
    """Raise it when the fold has changed and the shape has not: a projector builds anew."""
    on_error: ClassVar[OnError] = Stop()
    """What a projector does where a handler raises, or an event cannot be read."""
    state_class: ClassVar[type[State]]
    handlers: ClassVar[Mapping[str, str]]
    """Stored event type → the name of the method that handles it; other types change nothing."""
    reads: ClassVar[Query[Any] | None] = None
    """All that it folds, into whichever state. None: only the caller knows what to read."""
    state_key: ClassVar[StateKey | None] = None
    """None: there is one state, and its id is empty."""

    def __init_subclass__(cls, **arguments: Any) -> None:
        """A class that forgot an event says so where it stands, not where it is first used."""
        super().__init_subclass__(**arguments)
        if "handlers" not in vars(cls) and hasattr(cls, "handlers"):
            _refuse_forgotten_events(cls)

    @classmethod
    def for_id(cls, id: str) -> Self:
        """The fold of one state, without a client. `__init__` is not called, it would take one."""
        fold = cls.__new__(cls)
        if cls.state_key is not None:
            setattr(fold, cls.state_key.name, cls.state_key.of_text(id))
        return fold

    @classmethod
    def ids_of(cls, event: Recorded[Any]) -> tuple[str, ...]:
        """The states that an event touches which the projection reads: sorted, each once."""
        return ("",) if cls.state_key is None else cls.state_key.ids_of(event.data)

    @classmethod
    def id_of(cls, key: object) -> str:
        """The id of the state of a key, however that is spelt. Raises `ValueError` if it is none.

        Or `UnwritableError`. Without a `state_key`, the id is what the caller says.
        """
        return stored_text("id", key) if cls.state_key is None else cls.state_key.text_of(key)

    @classmethod
    def query_of(cls, id: str | int | UUID | date) -> Query[Any]:
        """The events of one state. Raises `ProjectionOnDemandError` if only the caller knows."""
        if cls.reads is None:
            raise ProjectionOnDemandError(cls.projection_type)
        return cls.reads if cls.state_key is None else cls.state_key.query(cls.reads, str(id))

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
