"""SQL of whoever looks after projections: build anew, see what failed, order a retry or a skip."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from psycopg import sql

from storyline.projecting.batches import last_id
from storyline.projecting.building import add_shards, begin_anew
from storyline.projecting.shards import Projection, Run
from storyline.statements import Statement, table
from storyline.story import Story


def rebuild(projection: Projection) -> tuple[Statement, ...]:
    """A build beside the active one, unless there is one already. Any running projector helps."""
    story = projection.story
    return begin_anew(story, projection), add_shards(story, Run.of(projection))


def progress(projection: Projection) -> Statement:
    """The mean position of a build's shards, with what is folded and not yet written; the head; and
    how many processes are at it. No row once it is active.
    """
    text = sql.SQL(
        "select avg(greatest(position, folded))::bigint,"
        " {last_id},"
        " count(distinct owner) filter (where expires_at > clock_timestamp())"
        " from {builds} join {shards} using (type, version, build)"
        " where (type, version, revision) = (%s, %s, %s) and status = 'building'"
        " having count(*) > 0"
    ).format(
        last_id=last_id(projection.story),
        builds=table(projection.story, "projection_builds"),
        shards=table(projection.story, "projection_shards"),
    )
    return Statement(text, tuple(Run.of(projection)))


class Failure(NamedTuple):
    """An event that could not be folded, in one build.

    `fate`: `parked` and `skipped` states go their own way; `stopped` shards stand still before it.
    `concerned`: how many states or shards; `ids`: of some of the states.
    """

    type: str
    version: int
    build: int
    event_id: int
    event_type: str
    error: str
    attempts: int
    since: datetime
    fate: Literal["parked", "skipped", "stopped"]
    concerned: int
    ids: Sequence[str]


_SOME_IDS = 5


def failures(story: Story) -> Statement:
    """By event, the oldest first."""
    text = sql.SQL(
        "select type, version, build, event_id, min(event_type), error, max(attempts),"
        " min(parked_at), case when skipped_at is null then 'parked' else 'skipped' end, count(*),"
        " (array_agg(id order by id))[1:%s] from {parked}"
        " group by type, version, build, event_id, error, skipped_at is null, 9"
        " union all select type, version, build, failed_event_id,"
        " coalesce((select event.type from {events} as event"
        " where event.id = failed_event_id), ''),"
        " error, 1, min(moved_at), 'stopped', count(*), array[]::text[] from {shards}"
        " where failed_event_id is not null group by type, version, build, failed_event_id, error"
        " order by 4, 1, 2, 3"
    ).format(
        parked=table(story, "parked_events"),
        events=table(story, "events"),
        shards=table(story, "projection_shards"),
    )
    return Statement(text, (_SOME_IDS,))


def retry(projection: Projection) -> tuple[Statement, Statement]:
    """Of everything of the projection that stands still: parked states, and shards; in all builds.

    Each returns which.
    """
    parked = sql.SQL(
        "update {} set wanted = 'retry' where (type, version) = (%s, %s)"
        " and skipped_at is null returning id"
    ).format(table(projection.story, "parked_events"))
    shards = sql.SQL(
        "update {} set failed_event_id = null, error = null"
        " where (type, version) = (%s, %s) and failed_event_id is not null returning shard"
    ).format(table(projection.story, "projection_shards"))
    run = (projection.projection_type, projection.version)
    return Statement(parked, run), Statement(shards, run)


def skip(projection: Projection, event_id: int) -> Statement:
    """Lets every state of it that is parked there go on without the event. Returns which."""
    text = sql.SQL(
        "update {} set wanted = 'skip' where (type, version, event_id) = (%s, %s, %s)"
        " and skipped_at is null returning id"
    ).format(table(projection.story, "parked_events"))
    return Statement(text, (projection.projection_type, projection.version, event_id))


def is_run(projection: Projection) -> Statement:
    """A row, if some process is at it."""
    text = sql.SQL(
        "select from {} where (type, version) = (%s, %s) and expires_at > clock_timestamp() limit 1"
    ).format(table(projection.story, "projection_shards"))
    return Statement(text, (projection.projection_type, projection.version))
