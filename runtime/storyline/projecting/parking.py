"""SQL of parked events: which there are, what was ordered, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple, TypeAlias

from psycopg import sql

from storyline.projecting.batches import by_column, park
from storyline.projecting.shards import Build
from storyline.projecting.states import Parked, StateKey
from storyline.rows import Row
from storyline.statements import Statement, table
from storyline.story import Story

Wanted: TypeAlias = Literal["retry", "skip"]


class Order(NamedTuple):
    """Of whoever looked at a parked event: fold it again, or go on without it."""

    key: StateKey
    event_id: int
    wanted: Wanted


def parked(story: Story, builds: Iterable[Build]) -> Statement:
    """The states that stand still."""
    text = sql.SQL(
        "select distinct type, version, build, id from {}"
        " join unnest(%s::text[], %s::int[], %s::int[]) as wanted (type, version, build)"
        " using (type, version, build) where skipped_at is null"
    ).format(table(story, "parked_events"))
    return Statement(text, by_column(builds))


def parked_state(row: Row) -> StateKey:
    type, version, build, id = row
    return Build(type, version, build), id


def orders(story: Story, types: Iterable[str]) -> Statement:
    text = sql.SQL(
        "select type, version, build, id, event_id, wanted from {}"
        " where type = any(%s) and wanted is not null and skipped_at is null order by event_id"
    ).format(table(story, "parked_events"))
    return Statement(text, (list(types),))


def order(row: Row) -> Order:
    *key, event_id, wanted = row
    return Order(parked_state(tuple(key)), event_id, wanted)


def outcome(story: Story, order: Order, failed: Parked | None) -> tuple[Statement, ...]:
    """What became of an order. A skipped event stays listed: nothing is skipped silently."""
    again = (park(story, [failed]),) if failed else ()
    if failed and failed.event_id == order.event_id:
        return again
    if order.wanted == "skip":
        return (_of_event(story, _SKIPPED, order), *again)
    return (_of_event(story, _FOLDED, order), *again)


_SKIPPED = sql.SQL("update {} set wanted = null, skipped_at = clock_timestamp() where {}")
_FOLDED = sql.SQL("delete from {} where {}")


def _of_event(story: Story, text: sql.SQL, order: Order) -> Statement:
    event = sql.SQL("(type, version, build, id, event_id) = (%s, %s, %s, %s, %s)")
    (build, id), event_id = order.key, order.event_id
    return Statement(text.format(table(story, "parked_events"), event), (*build, id, event_id))
