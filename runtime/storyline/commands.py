"""A caller's id for an append, and what it was to append: so that a repetition appends nothing.

Pure: the log keeps both, and a client compares.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from storyline.errors import CommandReusedError
from storyline.events import Event, Recorded, write_json
from storyline.exact import exact_json
from storyline.texts import require_printable


class Command(NamedTuple):
    """`digest` is of the types and the data of the events, whatever their metadata."""

    id: str
    digest: str


class KnownCommand(NamedTuple):
    """A command that has appended the events from `first_id` to `last_id`."""

    first_id: int
    last_id: int
    digest: str

    def require(
        self, command: Command, wanted: Sequence[Event], recorded: Sequence[Recorded[Any]]
    ) -> None:
        """Raises `CommandReusedError` if it appended something else.

        Newer code may write the same events in other words than the code that recorded them.
        """
        is_same = self.digest == command.digest or list(wanted) == [e.data for e in recorded]
        if not is_same:
            raise CommandReusedError(command.id, self.first_id, self.last_id)


def command(id: UUID | str, events: Sequence[Event]) -> Command:
    """Raises `UnwritableError` for an id that cannot be kept."""
    text = str(id)
    require_printable("command_id", text)
    return Command(text, _digest(events))


def _digest(events: Sequence[Event]) -> str:
    """Equal for equal data, in whatever order a mapping of it holds its keys."""
    content = [[event.__type__, exact_json(write_json(event))] for event in events]
    text = json.dumps(content, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
