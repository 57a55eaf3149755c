"""SQL of leases: which processes live, and who holds which shard, by the database's clock."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from psycopg import sql

from storyline.projecting.batches import by_column
from storyline.projecting.shards import Build, Lease, Run, Shard
from storyline.rows import Row
from storyline.statements import Statement, table
from storyline.story import Story

LEASE_SECONDS = 6.0
"""So long after it has last been heard of, the shards of a process are anybody's."""


def announce(story: Story, owner: str, runs: Iterable[Run]) -> Statement:
    text = sql.SQL(
        "insert into {} (owner, runs, expires_at)"
        " values (%s, %s::jsonb, clock_timestamp() + make_interval(secs => %s))"
        " on conflict (owner) do update set expires_at = excluded.expires_at"
    ).format(table(story, "projectors"))
    return Statement(text, (owner, json.dumps(sorted(runs)), LEASE_SECONDS))


def leave(story: Story, owner: str) -> Statement:
    """And with it those that were last heard of long ago."""
    text = sql.SQL(
        "delete from {} where owner = %s or expires_at < clock_timestamp() - interval '1 minute'"
    ).format(table(story, "projectors"))
    return Statement(text, (owner,))


def projectors(story: Story) -> Statement:
    text = sql.SQL("select owner, runs::text from {} where expires_at > clock_timestamp()")
    return Statement(text.format(table(story, "projectors")))


def living(rows: Iterable[Row]) -> dict[str, frozenset[Run]]:
    return {owner: frozenset(Run(*run) for run in json.loads(runs)) for owner, runs in rows}


class Share(NamedTuple):
    """A shard as its row is. `shards`: of how many."""

    shard: Shard
    run: Run
    shards: int
    status: str
    owner: str | None


def shares(story: Story, types: Iterable[str]) -> Statement:
    """All that is to be run of these projections, by whatever version of the code."""
    text = sql.SQL(
        "select type, version, build, revision, shards, status, shard,"
        " case when expires_at > clock_timestamp() then owner end"
        " from {} join {} using (type, version, build)"
        " where type = any(%s) and status <> 'retired'"
    ).format(table(story, "projection_builds"), table(story, "projection_shards"))
    return Statement(text, (list(types),))


def share(row: Row) -> Share:
    type, version, build, revision, count, status, number, owner = row
    shard = Shard(Build(type, version, build), number)
    return Share(shard, Run(type, version, revision), count, status, owner)


def eligible(
    found: Iterable[Share], processes: Mapping[str, frozenset[Run]]
) -> dict[Shard, list[str]]:
    return {
        each.shard: [owner for owner, runs in processes.items() if each.run in runs]
        for each in found
    }


def renew(story: Story, owner: str) -> Statement:
    """Returns what the process still holds, and the event at which each shard stands still."""
    text = sql.SQL(
        "update {} set expires_at = clock_timestamp() + make_interval(secs => %s)"
        " where owner = %s returning type, version, build, shard, fence, failed_event_id"
    ).format(table(story, "projection_shards"))
    return Statement(text, (LEASE_SECONDS, owner))


def renewed(rows: Iterable[Row]) -> dict[tuple[Shard, int], int | None]:
    """By shard and fence."""
    return {
        (Shard(Build(type, version, build), number), fence): failed
        for type, version, build, number, fence, failed in rows
    }


def claim(story: Story, owner: str, shards: Sequence[Shard]) -> Statement:
    """Takes those that are free. The new fence locks the former owner out."""
    text = sql.SQL(
        "with free as ("
        "select type, version, build, shard, owner from {shards} as shard_row"
        " join unnest(%s::text[], %s::int[], %s::int[], %s::int[])"
        " as wanted (type, version, build, shard) using (type, version, build, shard)"
        " where owner is null or owner = %s or expires_at < clock_timestamp()"
        " for update of shard_row skip locked)"
        " update {shards} as taken set owner = %s, fence = fence + 1, error = null,"
        " failed_event_id = null, folded = position, rate = 0,"
        " expires_at = clock_timestamp() + make_interval(secs => %s),"
        " moved_at = coalesce(moved_at, clock_timestamp()) from free"
        " where (taken.type, taken.version, taken.build, taken.shard)"
        " = (free.type, free.version, free.build, free.shard)"
        " returning taken.type, taken.version, taken.build, taken.shard, fence, position,"
        " nullif(free.owner, %s)"
    ).format(shards=table(story, "projection_shards"))
    return Statement(text, (*_columns(shards), owner, owner, LEASE_SECONDS, owner))


def claimed(row: Row, now: float) -> Lease:
    type, version, build, number, fence, position, former = row
    shard = Shard(Build(type, version, build), number)
    return Lease(shard, fence, position, position, now, told=position, told_at=now, former=former)


def tell(story: Story, owner: str, leases: Sequence[Lease]) -> Statement:
    """How far they have got in memory: what is behind is written every few seconds only."""
    text = sql.SQL(
        "update {} as shard set folded = told.folded, rate = told.rate from"
        " unnest(%s::text[], %s::int[], %s::int[], %s::int[], %s::bigint[], %s::bigint[],"
        " %s::float8[]) as told (type, version, build, shard, fence, folded, rate)"
        " where (shard.type, shard.version, shard.build, shard.shard)"
        " = (told.type, told.version, told.build, told.shard)"
        " and shard.owner = %s and shard.fence = told.fence"
    ).format(table(story, "projection_shards"))
    rows = (
        (*each.shard.build, each.shard.number, each.fence, each.told, each.rate) for each in leases
    )
    return Statement(text, (*by_column(rows), owner))


def release(story: Story, owner: str, shards: Sequence[Shard]) -> Statement:
    text = sql.SQL(
        "update {} set owner = null, expires_at = clock_timestamp() where owner = %s"
        " and (type, version, build, shard)"
        " in (select * from unnest(%s::text[], %s::int[], %s::int[], %s::int[]))"
    ).format(table(story, "projection_shards"))
    return Statement(text, (owner, *_columns(shards)))


def _columns(shards: Iterable[Shard]) -> tuple[list[object], ...]:
    return by_column((*shard.build, shard.number) for shard in shards)
