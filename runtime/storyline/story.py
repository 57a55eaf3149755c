"""A story as the runtime sees it: where it is stored, and which class each stored type has.

A class is imported when its type is first met; this module imports neither pydantic nor psycopg.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, TypeAlias

from storyline.errors import RetiredEventError, UnknownEventError

if TYPE_CHECKING:
    from storyline.events import Event
    from storyline.upcasting import Upcast, Upcasts

    Reader: TypeAlias = tuple[str, int, Callable[..., Event]]
    """Today's name and version of an event, and pydantic's `validate_json`, bound to its class.

    A plain tuple: nothing is taken apart faster, and every row of the log takes one apart.
    """


@dataclass(frozen=True, slots=True, eq=False)
class Story:
    """`events`: stored type → the name of its class, which `package` exports; older names lead to
    the class that the event has now.

    `upcasts`: the module with the ways from old versions, if there are any.
    """

    name: str
    schema: str
    package: str
    events: Mapping[str, str]
    upcasts: str = ""
    _classes: dict[str, type[Event]] = field(
        default_factory=dict[str, "type[Event]"], init=False, repr=False
    )
    readers: dict[str, Reader] = field(default_factory=dict[str, "Reader"], init=False, repr=False)
    """Those that were needed so far, by stored type: `reader` finds the others."""

    def event_class(self, stored_type: str) -> type[Event]:
        """Raises `UnknownEventError`. Threads may race here: both find the same class."""
        found = self._classes.get(stored_type)
        return self._imported(stored_type) if found is None else found

    def reader(self, stored_type: str) -> Reader:
        """Raises `UnknownEventError`."""
        event_class = self.event_class(stored_type)
        validate = event_class.__pydantic_validator__.validate_json
        today = event_class.__type__, event_class.__version__
        return self.readers.setdefault(stored_type, (*today, validate))

    def require(self, stored_types: Iterable[str]) -> None:
        """Raises `UnknownEventError` for a type that is not of this story."""
        if unknown := set(stored_types).difference(self.events):
            raise UnknownEventError(min(unknown), self.name)

    def require_event(self, event: Event) -> None:
        """Raises `UnknownEventError` unless the event is of this story's own class.

        Raises `RetiredEventError` if it is not recorded any more, and `TypeError` for no event.
        """
        try:
            stored_type = event.__type__
        except AttributeError:
            raise _no_event(event) from None
        if isinstance(event, type):
            raise _no_event(event)
        if self.event_class(stored_type) is not type(event):
            raise UnknownEventError(stored_type, self.name)
        if event.__retired__:
            raise RetiredEventError(event.__type__)

    def upcasts_of(self, stored_type: str) -> Mapping[int, Upcast]:
        """Imported when the first event of an old version is met."""
        if not self.upcasts:
            return {}
        found: Upcasts = import_module(self.upcasts, self.package).UPCASTS
        return found.get(stored_type, {})

    def _imported(self, stored_type: str) -> type[Event]:
        self.require([stored_type])
        found: type[Event] = getattr(import_module(self.package), self.events[stored_type])
        self._classes[stored_type] = found
        return found


def _no_event(given: object) -> TypeError:
    """A model is iterable, so that one event in place of several is met as its fields."""
    if isinstance(given, type):
        return TypeError(f"`{given.__name__}` is the class of an event: make one, and save that")
    name = type(given).__name__
    return TypeError(f"`{name}` is no event; `save_event` takes one, `save_events` a list of them")
