"""A subscription, as what leases shards and reads the log knows it: a projection without states.

Its shards are rows like those of a projection's build; nobody folds, so nothing else is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from psycopg import sql

from storyline.errors import SubscriptionKeyError, UnreadableEventError
from storyline.events import Recorded, State
from storyline.fields import ListOf
from storyline.projecting.pace import MOST_ROWS
from storyline.projecting.shards import Lease, Projection, Run, shard_count
from storyline.projections import ProjectionFold
from storyline.queries import Query
from storyline.rows import OnUnreadable, Row, page
from storyline.state_keys import StateKey
from storyline.statements import Statement, table
from storyline.story import Story
from storyline.texts import require_printable

_SPAN = 1000

PREFIX = "subscription:"
"""No projection is called so: its name is one of Python."""


def consumer(name: str, query: Query[Any], key: StateKey | None) -> Projection:
    """Raises `SubscriptionKeyError` where the key does not give each event to one consumer.

    And `UnwritableError` or `TypeError` for a name under which no position can be kept.
    """
    if type(name) is not str:
        raise TypeError(f"the name of a subscription is a text, and not {name!r}")
    require_printable("name", name)
    if key is not None:
        _require_one_key(name, query, key)

    class Consumer(ProjectionFold[State, Any]):
        projection_type = f"{PREFIX}{name}"
        version = 0
        revision = _number_of(key)
        reads = query
        state_key = key
        handlers = {}

        def initial_state(self) -> State:
            return State()

    return Consumer


def begin(story: Story, subscription: Projection, after_id: int | None) -> tuple[Statement, ...]:
    """Positions, unless the name has them already. Without an id: where the log ends now."""
    builds, shards = table(story, "projection_builds"), table(story, "projection_shards")
    run = Run.of(subscription)
    build = sql.SQL(
        "insert into {builds} (type, version, build, revision, shards, target, status)"
        " select %s, %s, 0, %s, %s, coalesce(%s, last_id), 'active' from {heads}"
        " where partition = '' on conflict do nothing"
    ).format(builds=builds, heads=table(story, "heads"))
    positions = sql.SQL(
        "insert into {shards} (type, version, build, shard, position)"
        " select type, version, build, generate_series(0, shards - 1), target from {builds}"
        " where type = %s on conflict do nothing"
    ).format(shards=shards, builds=builds)
    return (
        Statement(build, (*run, shard_count(subscription), after_id)),
        Statement(positions, (run.type,)),
    )


def known_revision(story: Story, subscription: Projection) -> Statement:
    text = sql.SQL("select revision from {} where type = %s")
    return Statement(
        text.format(table(story, "projection_builds")), (subscription.projection_type,)
    )


def require_known_key(subscription: Projection, rows: Sequence[Row]) -> None:
    """With another key an event would be of a shard that may have passed it by."""
    if rows != [(subscription.revision,)]:
        name = subscription.projection_type.removeprefix(PREFIX)
        reason = "was begun with another `key`, which has its own order: choose another name"
        raise SubscriptionKeyError(name, reason)


def durable() -> Statement:
    """For a transaction whose commit proves that all that was read before is on disk."""
    return Statement(sql.SQL("set local synchronous_commit = on"))


class Piece(NamedTuple):
    """What the caller gets at once, and where its shards stand when that is done."""

    group: Sequence[Lease]
    events: Sequence[Recorded[Any]]
    up_to_id: int

    def is_done(self) -> None:
        for lease in self.group:
            lease.position = self.up_to_id


def end_of_read(after_id: int, end: int, most: int) -> int:
    """So many ids at once, where few of them may be of the subscription."""
    return max(after_id, min(end, after_id + min(max(most, _SPAN), MOST_ROWS)))


def readable(
    story: Story, rows: Sequence[Row], up_to_id: int, on_unreadable: OnUnreadable | None
) -> tuple[Sequence[Recorded[Any]], int]:
    """The events up to the id; or those before one that cannot be read, and the last one's id.

    Raises `UnreadableEventError` if that one is the first.
    """
    try:
        return page(story, [row[:-1] for row in rows], on_unreadable).events, up_to_id
    except UnreadableEventError as error:
        before = [row for row in rows if row[0] < error.id]
        if not before:
            raise
        return readable(story, before, before[-1][0], on_unreadable)


def pieces(
    group: Sequence[Lease], events: Sequence[Recorded[Any]], up_to_id: int, most: int
) -> list[Piece]:
    """Of all events up to the id. Without any, there is nothing to hand out before going on."""
    parts = [events[first : first + most] for first in range(0, len(events), most)]
    if not parts:
        Piece(group, (), up_to_id).is_done()
        return []
    ends = [*(part[-1].id for part in parts[:-1]), up_to_id]
    return [Piece(group, *each) for each in zip(parts, ends, strict=True)]


def _require_one_key(name: str, query: Query[Any], key: StateKey) -> None:
    unfit = [
        type
        for type in query.types
        if type not in key.fields or isinstance(key.fields[type], ListOf)
    ]
    if unfit:
        reason = f"needs one `{key.name}` of each event, which `{'`, `'.join(unfit)}` does not have"
        raise SubscriptionKeyError(name, reason)


def _number_of(key: StateKey | None) -> int:
    """What the database knows a key by."""
    return 0 if key is None else 1 + int.from_bytes(sha256(key.name.encode()).digest()[:3])
