"""SQL of what is kept of a projection or a subscription by its name: seen, moved and deleted.

Nothing is touched that a living process has: whoever deletes the row of its shard would leave it
without a word.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from psycopg import sql

from storyline.projecting.batches import last_id
from storyline.projecting.subscribing import PREFIX
from storyline.statements import Statement, table
from storyline.story import Story
from storyline.texts import stored_text


class Kept(NamedTuple):
    """How many states of one version of a projection, in all its builds, and who is at them."""

    version: int
    states: int
    owners: Sequence[str]


def kept(story: Story, projection_type: str) -> Statement:
    """By version. Counts the states, so it takes its time where there are many."""
    text = sql.SQL(
        "select version, coalesce(states, 0), coalesce(owners, array[]::text[]) from"
        " (select version, count(*) as states from {states} where type = %s group by version)"
        " as saved full join (select version, array_agg(distinct owner)"
        " filter (where expires_at > clock_timestamp()) as owners"
        " from {builds} left join {shards} using (type, version, build)"
        " where type = %s group by version) as built using (version) order by version"
    ).format(
        states=table(story, "projections"),
        builds=table(story, "projection_builds"),
        shards=table(story, "projection_shards"),
    )
    return Statement(text, (stored_text("projection_type", projection_type),) * 2)


def retire(story: Story, projection_type: str, version: int) -> tuple[Statement, Statement]:
    """Every build of it that nobody has, and what was saved by hand: readers see none of it."""
    builds, shards = table(story, "projection_builds"), table(story, "projection_shards")
    built = sql.SQL(
        "update {builds} as build set status = 'retired' where (type, version) = (%s, %s)"
        " and not exists (select from {shards} as shard"
        " where (shard.type, shard.version, shard.build)"
        " = (build.type, build.version, build.build) and shard.expires_at > clock_timestamp())"
    ).format(builds=builds, shards=shards)
    saved = sql.SQL(
        "insert into {builds} (type, version, build, revision, shards, target, status)"
        " select %s, %s, 0, 0, 0, 0, 'retired' where not exists (select from {builds}"
        " where (type, version) = (%s, %s) and status <> 'retired') on conflict do nothing"
    ).format(builds=builds)
    of = (projection_type, version)
    return Statement(built, of), Statement(saved, of + of)


class Position(NamedTuple):
    """Of a subscription: where its shards are between, the end of the log, and who reads."""

    first: int
    last: int
    head: int
    owners: Sequence[str]


def position(story: Story, name: str) -> Statement:
    """No row: there is no such subscription."""
    text = sql.SQL(
        "select min(position), max(position), {last_id},"
        " coalesce(array_agg(distinct owner) filter (where expires_at > clock_timestamp()),"
        " array[]::text[]) from {shards} where type = %s having count(*) > 0"
    ).format(last_id=last_id(story), shards=table(story, "projection_shards"))
    return Statement(text, (_type(name),))


def move(story: Story, name: str, event_id: int) -> Statement:
    """Whoever reads has lost its lease: it hands out what is after the event next."""
    text = sql.SQL(
        "update {} set position = %s, folded = %s, moved_at = clock_timestamp(),"
        " fence = fence + 1, owner = null, expires_at = clock_timestamp() where type = %s"
    ).format(table(story, "projection_shards"))
    return Statement(text, (event_id, event_id, _type(name)))


def forget(story: Story, name: str) -> tuple[Statement, Statement]:
    """Of a subscription that nobody reads: its position, and its key."""
    shards, builds = table(story, "projection_shards"), table(story, "projection_builds")
    positions = sql.SQL(
        "delete from {shards} where type = %s and not exists (select from {shards}"
        " where type = %s and expires_at > clock_timestamp())"
    ).format(shards=shards)
    key = sql.SQL(
        "delete from {builds} where type = %s and not exists (select from {shards} where type = %s)"
    ).format(builds=builds, shards=shards)
    type = _type(name)
    return Statement(positions, (type, type)), Statement(key, (type, type))


def _type(name: str) -> str:
    """What a subscription's rows have as their type."""
    return PREFIX + stored_text("name", name)
