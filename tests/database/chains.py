"""Projections whose states tell of an event that was skipped, doubled or out of order.

A state counts its events and keeps a hash over all their ids, so it stays small however many.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, ClassVar, NamedTuple

import psycopg

from storyline import (
    Event,
    ListOf,
    Query,
    QueryItem,
    Recorded,
    SingleStreamProjection,
    State,
    StateKey,
    Story,
    Text,
)
from storyline.testing.contract.story import LIST_EVENTS, SAMPLE


class Chain(State, frozen=True):
    count: int = 0
    last_id: int = 0
    hash: str = ""

    def after(self, id: int) -> Chain:
        linked = sha256(f"{self.hash} {id}".encode()).hexdigest()
        return Chain(count=self.count + 1, last_id=id, hash=linked)


class Chains(SingleStreamProjection[Chain, Any]):
    """One for each list."""

    story: ClassVar[Story] = SAMPLE
    projection_type: ClassVar[str] = "chain"
    state_class: ClassVar[type[State]] = Chain
    handlers: ClassVar[Mapping[str, str]] = dict.fromkeys(LIST_EVENTS, "on_event")
    reads: ClassVar[Query[Any] | None] = Query(QueryItem(LIST_EVENTS))
    state_key: ClassVar[StateKey | None] = StateKey(
        "list_id", str, dict.fromkeys(LIST_EVENTS, Text("list_id"))
    )

    def initial_state(self) -> Chain:
        return Chain()

    def on_event(self, state: Chain, event: Recorded[Event]) -> Chain:
        return state.after(event.id)


class OneChain(Chains):
    """Of all lists."""

    projection_type: ClassVar[str] = "one_chain"
    state_key: ClassVar[StateKey | None] = None


class ChainsOfTexts(Chains):
    """One for each text; an event may have several."""

    projection_type: ClassVar[str] = "chain_of_texts"
    handlers: ClassVar[Mapping[str, str]] = {"MEASURED": "on_event"}
    reads: ClassVar[Query[Any] | None] = Query(QueryItem(["MEASURED"]))
    state_key: ClassVar[StateKey | None] = StateKey(
        "text", str, {"MEASURED": ListOf(Text("texts"))}
    )


class Link(NamedTuple):
    """An event touches a state."""

    type: str
    id: str
    event_id: int


def chains(dsn: str) -> dict[tuple[str, str], Chain]:
    """As readers see them."""
    with psycopg.connect(dsn) as connection:
        rows = connection.execute(
            "select type, id, data::text, latest_event_id from sample.projections"
            " join sample.projection_builds using (type, version, build) where status = 'active'"
        ).fetchall()
    found = {(type, id): Chain.model_validate_json(data) for type, id, data, _ in rows}
    assert all(found[type, id].last_id == latest for type, id, _, latest in rows)
    return found


def fresh_chains(dsn: str) -> dict[tuple[str, str], Chain]:
    """As they should be: from the log, without any code of ours."""
    folded: dict[tuple[str, str], Chain] = {}
    for type, id, event_id in links(dsn):
        folded[type, id] = folded.get((type, id), Chain()).after(event_id)
    return folded


def links(dsn: str) -> Iterator[Link]:
    with psycopg.connect(dsn) as connection, connection.cursor("log") as cursor:
        cursor.execute(
            "select id, data->>'list_id', array(select distinct jsonb_array_elements_text("
            "data->'texts')) from sample.events where type <> 'MISREAD' order by id"
        )
        for event_id, list_id, texts in cursor:
            if list_id is not None:
                yield Link("chain", list_id, event_id)
                yield Link("one_chain", "", event_id)
            yield from (Link("chain_of_texts", text, event_id) for text in texts)
