"""The events of a log in memory, asked and appended to as PostgreSQL's functions have it.

They are kept as the JSON text that was sent, and go back through the code that reads all rows. What
matches is what `Query.matches_stored` says.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from storyline.commands import KnownCommand
from storyline.exact import json_text
from storyline.folds import Seen
from storyline.queries import Query
from storyline.questions import NewEvents, Slice
from storyline.rows import Row
from storyline.testing.jsonb import jsonb


class Stored(NamedTuple):
    """An event as a row has it, and its data taken apart."""

    row: Row
    content: dict[str, Any]

    @property
    def created_at(self) -> datetime:
        moment: datetime = self.row[-1]
        return moment

    @property
    def candidate(self) -> str:
        """As the database sends what may be a conflict."""
        id, type, version, data, metadata, created_at = self.row
        moment = created_at.isoformat()
        told = json.dumps({"id": id, "type": type, "version": version, "created_at": moment})
        return f'{told[:-1]}, "data": {data}, "metadata": {metadata}}}'


@dataclass
class Events:
    """Readers may come at any time; whoever appends has to keep other writers away."""

    stored: list[Stored] = field(default_factory=list[Stored])
    """That of id 1 first, and no gap."""
    commands: dict[str, KnownCommand] = field(default_factory=dict[str, KnownCommand])

    def copy(self) -> Events:
        return Events(self.stored.copy(), self.commands.copy())

    def stream(self, query: Query[Any], part: Slice) -> list[Row]:
        found = [event.row for event in _matching(query, self._between(part))]
        ordered = found[::-1] if part.latest_first else found
        return [*self._seen(part.after), *ordered[: part.limit]]

    def count(self, query: Query[Any], part: Slice) -> int:
        return sum(1 for _ in _matching(query, self._between(part)))

    def history(self, query: Query[Any], after: Seen) -> list[Row]:
        end = self._end()
        head = (end.id + 1, None, None, None, None, end.at)
        return [*self.stream(query, Slice(after, up_to_id=end.id)), head]

    def append(self, new: NewEvents[Any], query: Query[Any] | None, after: Seen) -> Row:
        """The answer of the function `append_in_transaction`."""
        known = self.commands.get(new.command.id) if new.command else None
        if known is not None:
            return (None, None, json.dumps({"known": known._asdict()}))
        if not self._has(after):
            return (None, None, "{}")
        end = self._end()
        newer = self._between(Slice(after))
        if query and (conflicts := [event.candidate for event in _matching(query, newer)]):
            refusal = f'{{"checked_id": {end.id}, "conflicts": [{", ".join(conflicts)}]}}'
            return (None, end.at, refusal)
        self.stored.extend(_stored(new, end))
        if new.command:
            first_id, last_id = end.id + 1, len(self.stored)
            self.commands[new.command.id] = KnownCommand(first_id, last_id, new.command.digest)
        return (len(self.stored), self._end().at, None)

    def _between(self, part: Slice) -> Sequence[Stored]:
        return self.stored[max(part.after.id, 0) : part.up_to_id]

    def _end(self) -> Seen:
        events = self.stored.copy()
        return Seen(len(events), events[-1].created_at) if events else Seen()

    def _has(self, seen: Seen) -> bool:
        is_there = seen.id <= len(self.stored)
        return is_there and (seen.at is None or bool(self._seen(seen)))

    def _seen(self, seen: Seen) -> list[Row]:
        """Shows that the log still has the event after which is read, where its moment is known."""
        found = self.stored[seen.id - 1 : seen.id] if seen.at and seen.id else []
        return [(seen.id, *[None] * 5) for event in found if event.created_at == seen.at]


def _matching(query: Query[Any], events: Sequence[Stored]) -> Iterator[Stored]:
    return (event for event in events if query.matches_stored(event.row[1], event.content))


def _stored(new: NewEvents[Any], end: Seen) -> list[Stored]:
    """All at one moment, later than of any before."""
    now = datetime.now(UTC)
    moment = now if end.at is None else max(now, end.at + timedelta(microseconds=1))
    types, versions, data = (lines.split("\n") for lines in new.batch[:3])
    metadata = json_text(jsonb(new.batch.metadata))
    sent = zip(types, map(int, versions), map(jsonb, data), strict=True)
    return [
        Stored((id, type, version, json_text(content), metadata, moment), content)
        for id, (type, version, content) in enumerate(sent, end.id + 1)
    ]
