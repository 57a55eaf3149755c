"""SQL of whoever looks after projections: build anew, see what failed, order a retry or a skip."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from psycopg import sql

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
        " (select last_id from {heads} where partition = ''),"
        " count(distinct owner) filter (where expires_at > clock_timestamp())"
        " from {builds} join {shards} using (type, version, build)"
        " where (type, version, revision) = (%s, %s, %s) and status = 'building'"
        " having count(*) > 0"
    ).format(
        heads=table(projection.story, "heads"),
        builds=table(projection.story, "projection_builds"),
        shards=table(projection.story, "projection_shards"),
    )
    return Statement(text, tuple(Run.of(projection)))


class Failure(NamedTuple):
    """`id`: of the parked state; none, where a whole shard stands still."""

    type: str
    version: int
    build: int
    id: str | None
    event_id: int
    error: str
    attempts: int
    since: datetime
    skipped: bool

    @property
    def line(self) -> str:
        what = "stands still" if self.id is None else f"state `{self.id}`"
        fate = "skipped" if self.skipped else f"{self.attempts} attempts"
        return (
            f"{self.type} v{self.version}.{self.build}  {what}  event {self.event_id}  {fate}"
            f"  since {self.since:%Y-%m-%d %H:%M:%S}  {self.error}"
        )


def failures(story: Story, projections: Sequence[Projection]) -> Statement:
    """Parked and skipped events, and shards that stand still; oldest first."""
    text = sql.SQL(
        "select type, version, build, id, event_id, error, attempts, parked_at,"
        " skipped_at is not null from {parked} where type = any(%s)"
        " union all select type, version, build, null, failed_event_id, error, 1, moved_at, false"
        " from {shards} where type = any(%s) and error is not null order by 5"
    ).format(parked=table(story, "parked_events"), shards=table(story, "projection_shards"))
    types = [projection.projection_type for projection in projections]
    return Statement(text, (types, types))


def retry(projection: Projection) -> tuple[Statement, ...]:
    """Everything of the projection that stands still."""
    parked = sql.SQL(
        "update {} set wanted = 'retry' where (type, version) = (%s, %s) and skipped_at is null"
    ).format(table(projection.story, "parked_events"))
    shards = sql.SQL(
        "update {} set failed_event_id = null, error = null"
        " where (type, version) = (%s, %s) and error is not null"
    ).format(table(projection.story, "projection_shards"))
    run = (projection.projection_type, projection.version)
    return Statement(parked, run), Statement(shards, run)


def skip(projection: Projection, event_id: int) -> Statement:
    """Returns the states that will go on without it."""
    text = sql.SQL(
        "update {} set wanted = 'skip' where (type, version, event_id) = (%s, %s, %s)"
        " and skipped_at is null returning id"
    ).format(table(projection.story, "parked_events"))
    return Statement(text, (projection.projection_type, projection.version, event_id))
