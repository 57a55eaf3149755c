"""What is told of events besides their data: bound for a while, merged, and read by name.

Knows no database, and events only as values.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pydantic import JsonValue

if TYPE_CHECKING:
    from storyline.events import Recorded


class Metadata(Mapping[str, JsonValue]):
    """Cannot be changed; what many systems tell of an event has a name."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, JsonValue]) -> None:
        self._values = values

    def __getitem__(self, key: str) -> JsonValue:
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return repr(dict(self._values))

    def as_read(self, text: str) -> Metadata:
        """As readers of the text get it: a tuple is a list, a key is a text.

        Nor is it tied to what the caller goes on to change. Flat values stay as they are.
        """
        for key, value in self._values.items():
            if type(key) is not str or type(value) not in _PLAIN:
                return Metadata(json.loads(text, parse_float=_number))
        return self

    @property
    def correlation_id(self) -> str | None:
        """What all events have in common that one request set off, however indirectly."""
        return self._text("correlation_id")

    @property
    def causation_id(self) -> str | None:
        """What led to the event: the id of another one, or of a command."""
        return self._text("causation_id")

    @property
    def actor(self) -> str | None:
        """Who did it."""
        return self._text("actor")

    def _text(self, key: str) -> str | None:
        value = self._values.get(key)
        return None if value is None else str(value)


_PLAIN = frozenset({str, int, bool, type(None)})


def _number(text: str) -> float | int:
    """PostgreSQL writes digits for an exponent: what was `1.2e+23` is read as a whole number."""
    digits = format(Decimal(text), "f")
    return float(digits) if "." in digits else int(digits)


NO_METADATA = Metadata({})
"""Most events have none: they share it."""

_bound: ContextVar[Metadata] = ContextVar("storyline_metadata", default=NO_METADATA)


@contextmanager
def bound_metadata(
    *,
    correlation_id: UUID | str | None = None,
    causation_id: UUID | str | int | None = None,
    actor: str | None = None,
    **others: JsonValue,
) -> Generator[None]:
    """Whatever is saved within the block gets this, besides what is bound around it.

    An inner block wins over an outer one, and `metadata=` of a call over both. Tasks begin with
    what was bound where they were made; a new thread begins with nothing, unless it is run in a
    `contextvars.copy_context()`, as `asyncio.to_thread` does.
    """
    named = {"correlation_id": correlation_id, "causation_id": causation_id, "actor": actor}
    texts = {key: str(value) for key, value in named.items() if value is not None}
    token = _bound.set(Metadata({**_bound.get(), **texts, **others}))
    try:
        yield
    finally:
        _bound.reset(token)


def caused_by(event: Recorded[Any]) -> AbstractContextManager[None]:
    """Whatever is saved within the block follows from an event.

    Its id is the causation, and its correlation goes on; where it has none, its id begins one.
    """
    correlation_id = event.metadata.correlation_id or str(event.id)
    return bound_metadata(correlation_id=correlation_id, causation_id=event.id)


def with_bound(metadata: Mapping[str, JsonValue] | None) -> Metadata:
    """What a call says, besides what is bound around it."""
    bound = _bound.get()
    return Metadata({**bound, **metadata}) if metadata else bound
