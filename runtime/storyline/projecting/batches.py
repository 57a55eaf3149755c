"""SQL of a batch: what comes next in the log, and the states and positions after it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, cast

from psycopg import sql

from storyline.expressions import Parameters, Shape, parameters
from storyline.projecting.folding import Reading, state_text
from storyline.projecting.keys import Asked, is_read, touched_ids
from storyline.projecting.pace import MOST_ROWS
from storyline.projecting.shards import Build, Lease
from storyline.projecting.states import Held, Parked, StateKey
from storyline.rows import Row
from storyline.statements import EVENT_COLUMNS, Statement, table
from storyline.story import Story


def last_id(story: Story) -> sql.Composed:
    """How far the log has got: every event up to there is to be seen, and none is missing."""
    return sql.SQL("(select last_id from {} where partition = '')").format(table(story, "heads"))


def head(story: Story) -> Statement:
    return Statement(last_id(story))


def next_events(
    story: Story, readings: Sequence[Reading], after_id: int, up_to_id: int
) -> tuple[Statement, list[tuple[Reading, int]]]:
    """Events in `(after_id, up_to_id]` for the readings, the first `MOST_ROWS` of them.

    After the columns of the event come arrays of the ids of states that it touches: each reading
    is returned with the place of its own, which it shares with others of the same key.
    """
    asked = tuple(map(_asked, readings))
    columns = list(dict.fromkeys(map(_column, asked)))
    places = [columns.index(_column(each)) for each in asked]
    text = _next_events_text(story.schema, asked, tuple(columns))
    values = (
        *_values(readings[places.index(n)] for n in range(len(columns)) if columns[n].items),
        after_id,
        up_to_id,
        *_values(readings),
    )
    return Statement(text, values), list(zip(readings, places, strict=True))


def states(story: Story, keys: Sequence[StateKey]) -> Statement:
    """A plan from when there were few states would look through all of them, so none is kept."""
    text = sql.SQL(
        "select type, id, version, latest_event_id, data::text, build from {}"
        " join unnest(%s::text[], %s::int[], %s::int[], %s::text[])"
        " as wanted (type, version, build, id) using (type, version, build, id)"
    ).format(table(story, "projections"))
    return Statement(text, by_column((*build, id) for build, id in keys), is_planned_by_value=True)


def saved_state(row: Row) -> tuple[StateKey, Row]:
    """By its key, as `rows.saved_projection` reads it."""
    *saved, build = row
    return (Build(row[0], row[2], build), row[1]), tuple(saved)


def move(story: Story, owner: str, leases: Sequence[Lease]) -> Statement:
    """Returns a row for each lease that still holds: fewer, and nothing may be committed."""
    text = sql.SQL(
        "update {} as shard set position = moved.position, moved_at = clock_timestamp(),"
        " failed_event_id = moved.failed_event_id, error = moved.error"
        " from unnest(%s::text[], %s::int[], %s::int[], %s::int[], %s::bigint[], %s::bigint[],"
        " %s::bigint[], %s::bigint[], %s::text[]) as moved"
        " (type, version, build, shard, fence, saved, position, failed_event_id, error)"
        " where (shard.type, shard.version, shard.build, shard.shard)"
        " = (moved.type, moved.version, moved.build, moved.shard)"
        " and shard.owner = %s and shard.fence = moved.fence and shard.position = moved.saved"
        " returning shard.shard"
    ).format(table(story, "projection_shards"))
    return Statement(text, (*by_column(map(_moved, leases)), owner))


def write_states(story: Story, held: Sequence[Held]) -> Statement:
    text = sql.SQL(
        "insert into {} (type, version, build, id, latest_event_id, data)"
        " select type, version, build, id, latest_event_id, data::jsonb from unnest("
        "%b::text[], %b::int[], %b::int[], %b::text[], %b::bigint[], %b::text[])"
        " as changed (type, version, build, id, latest_event_id, data)"
        " on conflict (type, version, build, id) do update"
        " set latest_event_id = excluded.latest_event_id, data = excluded.data,"
        " updated_at = clock_timestamp()"
    ).format(table(story, "projections"))
    rows = (
        (*each.shard.build, each.id, each.latest_event_id, state_text(each.fold, each.state))
        for each in held
    )
    return Statement(text, by_column(rows))


def park(story: Story, parked: Sequence[Parked]) -> Statement:
    """Again, where a retry has failed."""
    text = sql.SQL(
        "insert into {} as known (type, version, build, id, event_id, event_type, error, attempts)"
        " select * from unnest(%s::text[], %s::int[], %s::int[], %s::text[], %s::bigint[],"
        " %s::text[], %s::text[], %s::int[])"
        " on conflict (type, version, build, id, event_id) do update set wanted = null,"
        " error = excluded.error, attempts = known.attempts + 1"
    ).format(table(story, "parked_events"))
    rows = (
        (*each.shard.build, each.id, each.event_id, each.event_type, each.error, each.attempts)
        for each in parked
    )
    return Statement(text, by_column(rows))


def _moved(lease: Lease) -> tuple[Any, ...]:
    fault = lease.fault
    failed = (fault.event_id, fault.error) if fault else (None, None)
    return (
        *lease.shard.build,
        lease.shard.number,
        lease.fence,
        lease.saved,
        lease.position,
        *failed,
    )


def _asked(reading: Reading) -> Asked:
    held = () if reading.holds_all else tuple(sorted(reading.held))
    items = tuple(Shape.of(item) for item in reading.query.items)
    return Asked(reading.projection.state_key, items, reading.shards, held)


def _column(asked: Asked) -> Asked:
    """What decides on the ids: of events that are read by type alone, only the key."""
    return Asked(asked.key, asked.items if asked.has_conditions else (), 0, ())


def _values(readings: Iterable[Reading]) -> Parameters:
    items = (item for reading in readings for item in reading.query.items)
    return tuple(value for item in items for value in parameters(item.conditions))


@lru_cache
def _next_events_text(schema: str, asked: Sequence[Asked], columns: Sequence[Asked]) -> sql.SQL:
    ids = [sql.SQL(", {}").format(touched_ids(column)) for column in columns]
    text = sql.SQL("{}{} from {} where id > %s and id <= %s and ({}) order by id limit {}").format(
        EVENT_COLUMNS,
        sql.Composed(ids),
        sql.Identifier(schema, "events"),
        sql.SQL(" or ").join(map(is_read, asked)),
        sql.Literal(MOST_ROWS),
    )
    return sql.SQL(cast("Any", text.as_string(None)))  # all is quoted by now


def by_column(rows: Iterable[tuple[Any, ...]]) -> tuple[list[Any], ...]:
    """What `unnest` takes."""
    return tuple(map(list, zip(*rows, strict=True)))
