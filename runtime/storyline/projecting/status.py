"""How every build and every subscription of a story is getting on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from psycopg import sql

from storyline.projecting.batches import last_id
from storyline.projecting.subscribing import PREFIX
from storyline.statements import Statement, table
from storyline.story import Story


class Status(NamedTuple):
    """`position`: of the shard that is furthest behind. `target`: where a build may take over.

    `mean_position`: of all shards, with what is folded and not yet written.
    """

    type: str
    version: int
    build: int
    revision: int
    status: str
    started_at: datetime
    target: int
    head: int
    position: int
    mean_position: int
    lag_seconds: float
    """Since the first event was recorded that it has not seen."""
    rate: float
    """Events of the log a second, in the last second."""
    shards: int
    leased_shards: int
    owners: Sequence[str]
    parked: int
    stopped_before: int | None
    reason: str | None

    @property
    def is_subscription(self) -> bool:
        return self.type.startswith(PREFIX)

    @property
    def name(self) -> str:
        return self.type.removeprefix(PREFIX)

    @property
    def lag(self) -> int:
        """Events of the log."""
        return max(self.head - self.position, 0)

    @property
    def progress(self) -> float:
        """Of a build, how much it has read of what there is."""
        return min(self.mean_position / self.head, 1.0) if self.head else 1.0

    @property
    def seconds_left(self) -> float | None:
        """Until a build has caught up, at this rate."""
        left = self.head - self.mean_position
        return left / self.rate if self.rate > 0 and left > 0 else None

    @property
    def needs_attention(self) -> bool:
        is_stuck = self.stopped_before is not None or self.parked > 0
        return is_stuck or self.leased_shards < self.shards


def statuses(story: Story) -> Statement:
    """Of all that is not retired, by name. One statement, so one moment."""
    text = sql.SQL(
        "select type, version, build, revision, status, started_at, target, last_id, position,"
        " mean_position, coalesce((select extract(epoch from clock_timestamp() - created_at)"
        " from {events} where id = found.position + 1), 0)::float8, rate, shards, leased,"
        " owners, (select count(*) from {parked} as parked"
        " where (parked.type, parked.version, parked.build)"
        " = (found.type, found.version, found.build) and skipped_at is null),"
        " stopped_before, reason from (select type, version, build, revision, status, started_at,"
        " target, shards, min(position) as position,"
        " avg(greatest(position, folded))::bigint as mean_position,"
        " avg(case when expires_at > clock_timestamp() then rate else 0 end)::float8 as rate,"
        " count(*) filter (where expires_at > clock_timestamp()) as leased,"
        " coalesce(array_agg(distinct owner) filter (where expires_at > clock_timestamp()),"
        " array[]::text[]) as owners, min(failed_event_id) as stopped_before,"
        " min(error) as reason from {builds} join {shards} using (type, version, build)"
        " where status <> 'retired' group by type, version, build) as found,"
        " {last_id} as head"
        " order by type like %s, type, version, build"
    ).format(
        events=table(story, "events"),
        parked=table(story, "parked_events"),
        builds=table(story, "projection_builds"),
        shards=table(story, "projection_shards"),
        last_id=last_id(story),
    )
    return Statement(text, (f"{PREFIX}%",))
