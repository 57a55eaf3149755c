"""A log, read a bounded part at a time → what it holds, and what is wrong with its events.

Only events up to the head that is read first: what is appended meanwhile is another run's.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import LiteralString, NamedTuple

from psycopg import Connection, sql

from storyline.errors import UnreadableEventError
from storyline.rows import Row, recorded_event
from storyline.story import Story
from storyline.verification.oracle import Entry, wrong_decisions

PART, FEW = 50_000, 1_000
"""Ids that one statement looks through in the server, and events that one brings along."""

Progress = Callable[[str, int, int], None]
"""What is being done, how many events of how many are behind it."""


class Finding(NamedTuple):
    """`code` for programs, `message` for people; `event_id` where one event is to blame."""

    code: str
    message: str
    event_id: int | None = None


class Kind(NamedTuple):
    type: str
    version: int


@dataclass
class Samples:
    """The newest events of each kind and random ones, so many of both."""

    size: int
    newest: dict[Kind, list[int]] = field(default_factory=dict[Kind, list[int]])
    random: dict[Kind, list[tuple[float, int]]] = field(
        default_factory=dict[Kind, list[tuple[float, int]]]
    )

    def add(self, kind: Kind, id: int, chance: float) -> None:
        """What was drawn stays, if no later event draws less: so each is as likely as another."""
        self.newest[kind] = heapq.nlargest(self.size, [*self.newest.get(kind, ()), id])
        drawn = [*self.random.get(kind, ()), (chance, id)]
        self.random[kind] = heapq.nsmallest(self.size, drawn)

    @property
    def ids(self) -> list[int]:
        drawn = (id for several in self.random.values() for _, id in several)
        return sorted({*(id for ids in self.newest.values() for id in ids), *drawn})


class LogReader:
    """One story's log. The connection is in autocommit: nothing holds an old snapshot for long."""

    def __init__(self, connection: Connection[Row], story: Story, progress: Progress) -> None:
        self._connection = connection
        self._story = story
        self._progress = progress
        self.last_id = self._head()
        self.counts: Counter[Kind] = Counter()

    def disorder(self, samples: Samples) -> Iterator[Finding]:
        """Gaps, and times that run backwards. Counts the events, and draws samples, by the way."""
        for after_id, up_to_id in self._parts("looking through the ids"):
            part = {"after": after_id, "to": up_to_id}
            ((size, backwards),) = self._rows(_ORDER, part)
            for id in backwards or ():
                yield Finding("time-runs-backwards", f"Event {id} is older than the last.", id)
            if size != up_to_id - after_id:
                for (id,) in self._rows(_GAPS, part):
                    yield Finding("gap", f"Event {id} is missing.", id)
            for type, version, size, id, chance in self._rows(
                _SAMPLES, {**part, "size": max(samples.size, 1)}
            ):
                self.counts[Kind(type, version)] += size
                samples.add(Kind(type, version), id, chance)
        yield from self._beyond()

    def unreadable(self, ids: Sequence[int] | None) -> Iterator[Finding]:
        """What today's code does not know, by type and version; and what it cannot read.

        Of these events, or of all if it is None.
        """
        for kind, count in sorted(self.counts.items()):
            yield from self._unknown(kind, count)
        for row in self._all() if ids is None else self._sampled(ids):
            if row[1] in self._story.events and not self._is_newer(Kind(row[1], row[2])):
                yield from self._unread(row)

    def wrong_decisions(self) -> Iterator[Finding]:
        """Replays the log, if any decision is recorded in it. Remembers all that was asked."""
        found = self._rows(_QUESTIONS, {"to": self.last_id})
        if questions := [question for (question,) in found]:
            for wrong in wrong_decisions(self._entries(), questions):
                yield Finding("wrong-decision", f"{wrong}."[:1].upper() + f"{wrong}."[1:], wrong.id)

    def _head(self) -> int:
        ((last_id,),) = self._rows("select coalesce(max(last_id), 0) from {heads}", {})
        return int(last_id)

    def _beyond(self) -> Iterator[Finding]:
        """What was appended since has moved the head on: so the head is read last."""
        ((last_id,),) = self._rows("select coalesce(max(id), 0) from {events}", {})
        if last_id > (head := self._head()):
            message = f"The head is at {head}, and event {last_id} lies beyond it."
            yield Finding("beyond-the-head", message, last_id)

    def _unknown(self, kind: Kind, count: int) -> Iterator[Finding]:
        if kind.type not in self._story.events:
            message = f"The log has {count} events of type `{kind.type}`, and the story has not."
            yield Finding("unknown-type", message)
        elif self._is_newer(kind):
            message = f"{count} events of `{kind.type}` have version {kind.version}: newer than"
            yield Finding("newer-version", f"{message} this code.")

    def _is_newer(self, kind: Kind) -> bool:
        return kind.version > self._story.event_class(kind.type).__version__

    def _unread(self, row: Row) -> Iterator[Finding]:
        try:
            recorded_event(self._story, row)
        except UnreadableEventError as error:
            yield Finding("unreadable", str(error), error.id)

    def _entries(self) -> Iterator[Entry]:
        for after_id, up_to_id in self._parts("replaying the decisions", FEW):
            for row in self._rows(_ENTRIES, {"after": after_id, "to": up_to_id}):
                yield Entry(*row)

    def _all(self) -> Iterator[Row]:
        for after_id, up_to_id in self._parts("reading every event", FEW):
            yield from self._rows(_EVENTS_OF_PART, {"after": after_id, "to": up_to_id})

    def _sampled(self, ids: Sequence[int]) -> Iterator[Row]:
        for start in range(0, len(ids), FEW):
            self._progress("reading samples", start, len(ids))
            yield from self._rows(_EVENTS_OF_IDS, {"ids": list(ids[start : start + FEW])})

    def _parts(self, doing: str, size: int = PART) -> Iterator[tuple[int, int]]:
        for after_id in range(0, self.last_id, size):
            self._progress(doing, after_id, self.last_id)
            yield after_id, min(after_id + size, self.last_id)

    def _rows(self, text: LiteralString, parameters: Mapping[str, object]) -> list[Row]:
        names = {name: sql.Identifier(self._story.schema, name) for name in ("events", "heads")}
        with self._connection.cursor(binary=True) as cursor:
            cursor.execute(sql.SQL(text).format(**names), parameters)
            return cursor.fetchall()


_ORDER = """
    select
        count(*) filter (where id > %(after)s),
        (array_agg(id order by id) filter (where created_at < before))[1:5]
    from (
        select id, created_at, lag(created_at) over (order by id) as before
        from {events}
        where id between %(after)s and %(to)s
    ) as part
"""
_GAPS = """
    select place from generate_series(%(after)s::bigint + 1, %(to)s) as place
    where not exists (select from {events} as event where event.id = place)
    limit 5
"""
_SAMPLES = """
    select type, version, case when newest = 1 then size else 0 end, id, chance
    from (
        select
            type, version, id, chance,
            count(*) over (partition by type, version) as size,
            row_number() over (partition by type, version order by id desc) as newest,
            row_number() over (partition by type, version order by chance) as drawn
        from (
            select type, version, id, random() as chance
            from {events}
            where id > %(after)s and id <= %(to)s
        ) as part
    ) as placed
    where newest <= %(size)s or drawn <= %(size)s
"""
_QUESTIONS = """
    select distinct metadata -> 'asked' from {events} where metadata ? 'asked' and id <= %(to)s
"""
_ENTRIES = """
    select id, type, data, metadata, created_at from {events}
    where id > %(after)s and id <= %(to)s order by id
"""
_EVENTS_OF_PART = """
    select id, type, version, data::text, metadata::text, created_at at time zone 'UTC'
    from {events} where id > %(after)s and id <= %(to)s order by id
"""
_EVENTS_OF_IDS = """
    select id, type, version, data::text, metadata::text, created_at at time zone 'UTC'
    from {events} where id = any (%(ids)s) order by id
"""
