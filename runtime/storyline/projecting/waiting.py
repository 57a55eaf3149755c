"""Whether readers see an event in the states of a projection yet, and if not, why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from psycopg import sql

from storyline.errors import (
    ProjectionBehindError,
    ProjectionNotRunError,
    ProjectionOnDemandError,
    ProjectionStoppedError,
)
from storyline.poison import Retry
from storyline.projecting.shards import Projection
from storyline.questions import require_id
from storyline.rows import Row
from storyline.statements import Statement, table
from storyline.story import Story


class ShardProgress(NamedTuple):
    is_active: bool
    """Of the build that readers see."""
    position: int
    is_leased: bool
    failed_event_id: int | None
    """At which it stands still; or one of its states does, if only that is waited for."""
    reason: str | None


def shard_progress(
    story: Story, projection: Projection, event_id: int, key: object | None
) -> Statement:
    """Of all its shards, or of the one that has the state; of the build that readers will see.

    Raises `ProjectionOnDemandError`, `OutOfRangeError`, and `ValueError` for what cannot be a key.
    """
    require_id("event_id", event_id)
    if projection.reads is None:
        raise ProjectionOnDemandError(projection.projection_type)
    id = None if key is None or projection.state_key is None else projection.id_of(key)
    text = sql.SQL(
        "with build as (select type, version, build, shards, status from {builds}"
        " where (type, version) = (%s, %s) and status <> 'retired'"
        " order by status = 'active' desc, build desc limit 1),"
        " stuck as (select event_id, error from build join {parked} using (type, version, build)"
        " where skipped_at is null and event_id <= %s and (%s::text is null or id = %s)"
        " order by event_id limit 1)"
        " select status = 'active', position, coalesce(expires_at > clock_timestamp(), false),"
        " coalesce(failed_event_id, stuck.event_id), coalesce(shard.error, stuck.error)"
        " from build join {shards} as shard using (type, version, build)"
        " left join stuck on true where %s::text is null"
        " or shard = get_byte(sha256(convert_to(%s, 'UTF8')), 0) %% shards"
    ).format(
        builds=table(story, "projection_builds"),
        parked=table(story, "parked_events"),
        shards=table(story, "projection_shards"),
    )
    run = (projection.projection_type, projection.version)
    return Statement(text, (*run, event_id, id, id, id, id))


class Wait(NamedTuple):
    """Of somebody who wants to see an event in the states."""

    projection: Projection
    event_id: int
    seconds: float

    def is_over(self, rows: Iterable[Row]) -> bool:
        """Raises an error where waiting does not help."""
        found = [ShardProgress(*row) for row in rows]
        if not found:
            raise ProjectionNotRunError(self.projection.projection_type, self.projection.version)
        for shard in found:
            self._refuse_fault(shard)
        return all(shard.is_active and shard.position >= self.event_id for shard in found)

    def failure(self, rows: Iterable[Row]) -> ProjectionNotRunError | ProjectionBehindError:
        """At the end of the time."""
        found = [ShardProgress(*row) for row in rows]
        kind = self.projection.projection_type, self.projection.version
        behind = [shard for shard in found if shard.position < self.event_id]
        if any(not shard.is_leased for shard in behind or found):
            return ProjectionNotRunError(*kind)
        position = min((shard.position for shard in found if shard.is_active), default=0)
        return ProjectionBehindError(*kind, self.event_id, position, self.seconds)

    def _refuse_fault(self, shard: ShardProgress) -> None:
        """What is tried again may yet succeed."""
        failed = shard.failed_event_id
        is_tried_again = isinstance(self.projection.on_error, Retry)
        if failed is not None and failed <= self.event_id and not is_tried_again:
            kind = self.projection.projection_type
            raise ProjectionStoppedError(kind, failed, shard.reason or "")
