"""SQL of builds: begun beside the active one, switched to when they have caught up, deleted."""

from __future__ import annotations

from collections.abc import Iterable

from psycopg import sql

from storyline.projecting.batches import by_column, last_id
from storyline.projecting.shards import Build, Projection, Run, shard_count
from storyline.statements import Statement, table
from storyline.story import Story

REACH = 1000
"""Events: so near to the head of the log a build takes over from the one that is active."""

GRACE_SECONDS = 3600
"""So long after its last projector has gone, and a newer version is active, a version is kept."""

CHUNK = 5000
"""States that one statement deletes."""


def begin(story: Story, projection: Projection) -> Statement:
    """A build, unless one of this revision is there, or of a newer one: then this is old code.

    Two processes may begin at once: one of them does. Then come the shards, by `add_shards`.
    """
    return _begin(story, projection, sql.SQL("revision >= %s"))


def begin_anew(story: Story, projection: Projection) -> Statement:
    """A build, unless one of this revision is being built."""
    return _begin(story, projection, sql.SQL("status = 'building' and revision = %s"))


def _begin(story: Story, projection: Projection, is_enough: sql.SQL) -> Statement:
    text = sql.SQL(
        "insert into {builds} (type, version, build, revision, shards, target, status)"
        " select %s, %s, coalesce(max(build), 0) + 1, %s, %s,"
        " {last_id}, 'building'"
        " from {builds} where type = %s and version = %s"
        " having not coalesce(bool_or(status <> 'retired' and {is_enough}), false)"
        " on conflict do nothing"
    ).format(builds=table(story, "projection_builds"), last_id=last_id(story), is_enough=is_enough)
    type, version, revision = Run.of(projection)
    shards = shard_count(projection)
    return Statement(text, (type, version, revision, shards, type, version, revision))


def add_shards(story: Story, run: Run) -> Statement:
    text = sql.SQL(
        "insert into {} (type, version, build, shard)"
        " select type, version, build, generate_series(0, shards - 1) from {}"
        " where (type, version, revision) = (%s, %s, %s) and status = 'building'"
        " on conflict do nothing"
    ).format(table(story, "projection_shards"), table(story, "projection_builds"))
    return Statement(text, tuple(run))


def switch(story: Story, build: Build) -> Statement:
    """Returns a row if the build has caught up, with nothing parked: it is the active one now."""
    text = sql.SQL(
        "with ready as ("
        "select type, version, build from {builds} as candidate"
        " where (type, version, build) = (%s, %s, %s) and status = 'building'"
        " and not exists (select from {shards} as shard"
        " where (shard.type, shard.version, shard.build)"
        " = (candidate.type, candidate.version, candidate.build) and (shard.error is not null or"
        " shard.position < greatest(candidate.target,"
        " {last_id} - %s)))"
        " and not exists (select from {parked} as parked"
        " where (parked.type, parked.version, parked.build)"
        " = (candidate.type, candidate.version, candidate.build) and skipped_at is null)"
        " for update),"
        " before as (update {builds} as old set status = 'retired' from ready"
        " where (old.type, old.version) = (ready.type, ready.version)"
        " and old.build < ready.build and status <> 'retired' returning old.build)"
        " update {builds} as new set status = 'active', switched_at = clock_timestamp()"
        " from ready, (select count(*) from before) as retired_first"
        " where (new.type, new.version, new.build) = (ready.type, ready.version, ready.build)"
        " returning new.build"
    ).format(
        builds=table(story, "projection_builds"),
        shards=table(story, "projection_shards"),
        last_id=last_id(story),
        parked=table(story, "parked_events"),
    )
    return Statement(text, (*build, REACH))


def unfinished(story: Story, runs: Iterable[Run], target: int) -> Statement:
    """What is behind an event or not yet active; and what stands in its way, if anything does.

    Returns rows of: projection type, event id, reason.
    """
    text = sql.SQL(
        "select type, coalesce(failed_event_id, (select min(event_id) from {parked} as parked"
        " where (parked.type, parked.version, parked.build)"
        " = (shard.type, shard.version, shard.build)"
        " and skipped_at is null and status = 'building' and position >= %s)),"
        " coalesce(error, 'events are parked') from {builds} join {shards} as shard"
        " using (type, version, build) where status <> 'retired'"
        " and (type, version, revision) in (select * from unnest(%s::text[], %s::int[], %s::int[]))"
        " and (status = 'building' or position < %s)"
    ).format(
        parked=table(story, "parked_events"),
        builds=table(story, "projection_builds"),
        shards=table(story, "projection_shards"),
    )
    return Statement(text, (target, *by_column(runs), target))


def retire_saved(story: Story, build: Build) -> Statement:
    """States that were saved by hand before a projector took over."""
    text = sql.SQL(
        "insert into {} (type, version, build, revision, shards, target, status)"
        " select %s, %s, 0, 0, 0, 0, 'retired' on conflict do nothing"
    ).format(table(story, "projection_builds"))
    return Statement(text, (build.type, build.version))


def retire_versions(story: Story, types: Iterable[str], grace_seconds: float) -> Statement:
    """Versions that nobody runs any more, where a newer one is active: since the grace."""
    text = sql.SQL(
        "update {builds} as old set status = 'retired'"
        " where type = any(%s) and status <> 'retired'"
        " and exists (select from {builds} as newer where newer.type = old.type"
        " and newer.version > old.version and newer.status = 'active'"
        " and newer.switched_at < clock_timestamp() - make_interval(secs => %s))"
        " and not exists (select from {shards} as shard"
        " where (shard.type, shard.version, shard.build) = (old.type, old.version, old.build)"
        " and shard.expires_at > clock_timestamp() - make_interval(secs => %s))"
    ).format(builds=table(story, "projection_builds"), shards=table(story, "projection_shards"))
    return Statement(text, (list(types), grace_seconds, grace_seconds))


def retired(story: Story, types: Iterable[str]) -> Statement:
    text = sql.SQL(
        "select type, version, build from {} where type = any(%s) and status = 'retired'"
    ).format(table(story, "projection_builds"))
    return Statement(text, (list(types),))


def clear(story: Story, build: Build) -> tuple[Statement, ...]:
    """One step of deleting a retired build; its row goes last, when nothing else is left.

    The shards go first: then no process can write states of it any more.
    """
    of_build = sql.SQL("(type, version, build) = (%s, %s, %s)")
    shards = sql.SQL("delete from {} where {}").format(table(story, "projection_shards"), of_build)
    parked = sql.SQL("delete from {} where {}").format(table(story, "parked_events"), of_build)
    states = sql.SQL(
        "delete from {states} where {of_build} and id in (select id from {states}"
        " where {of_build} limit %s for update skip locked)"
    ).format(states=table(story, "projections"), of_build=of_build)
    row = sql.SQL(
        "delete from {} where {of_build} and status = 'retired'"
        " and not exists (select from {} where {of_build})"
    ).format(table(story, "projection_builds"), table(story, "projections"), of_build=of_build)
    return (
        Statement(shards, tuple(build)),
        Statement(parked, tuple(build)),
        Statement(states, (*build, *build, CHUNK)),
        Statement(row, (*build, *build)),
    )
