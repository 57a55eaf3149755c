"""Projections that note which events they have folded, in order: states tell what went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import psycopg

from storyline import (
    Event,
    ListOf,
    Park,
    Query,
    QueryItem,
    Recorded,
    Retry,
    SingleStreamProjection,
    State,
    StateKey,
    Story,
    Text,
)
from storyline.testing.contract.story import LIST_EVENTS, SAMPLE, ItemAdded


class Journal(State, frozen=True):
    ids: list[int] = []


class Journals(SingleStreamProjection[Journal, Any]):
    """One for each list."""

    story: ClassVar[Story] = SAMPLE
    projection_type: ClassVar[str] = "journal"
    state_class: ClassVar[type[State]] = Journal
    handlers: ClassVar[Mapping[str, str]] = dict.fromkeys(LIST_EVENTS, "on_event")
    reads: ClassVar[Query[Any] | None] = Query(QueryItem(LIST_EVENTS))
    state_key: ClassVar[StateKey | None] = StateKey(
        "list_id", str, dict.fromkeys(LIST_EVENTS, Text("list_id"))
    )

    def initial_state(self) -> Journal:
        return Journal()

    def on_event(self, state: Journal, event: Recorded[Event]) -> Journal:
        return Journal(ids=[*state.ids, event.id])


class Everything(Journals):
    """One for all lists."""

    projection_type: ClassVar[str] = "everything"
    state_key: ClassVar[StateKey | None] = None


class Texts(Journals):
    """One for each text; an event may have several."""

    projection_type: ClassVar[str] = "texts"
    handlers: ClassVar[Mapping[str, str]] = {"MEASURED": "on_event"}
    reads: ClassVar[Query[Any] | None] = Query(QueryItem(["MEASURED"]))
    state_key: ClassVar[StateKey | None] = StateKey(
        "text", str, {"MEASURED": ListOf(Text("texts"))}
    )


class Urgent(Journals):
    """Of a filter: the events of a list that have high priority."""

    projection_type: ClassVar[str] = "urgent"
    handlers: ClassVar[Mapping[str, str]] = {"ITEM_ADDED": "on_event"}
    reads: ClassVar[Query[Any] | None] = Query(
        QueryItem(["ITEM_ADDED"], Text("priority").eq("high"))
    )


class SecondVersion(Journals):
    version: ClassVar[int] = 2


class Revised(Journals):
    """Of another fold: it tells every id twice."""

    revision: ClassVar[int] = 2

    def on_event(self, state: Journal, event: Recorded[Event]) -> Journal:
        return Journal(ids=[*state.ids, event.id, event.id])


class PoisonError(Exception):
    pass


class Poisoned(Journals):
    """Cannot fold an item with the title "poison", unless there is an antidote."""

    antidote: ClassVar[bool] = False

    def on_event(self, state: Journal, event: Recorded[Event]) -> Journal:
        if isinstance(event.data, ItemAdded) and event.data.title == "poison" and not self.antidote:
            raise PoisonError(f"a secret of event {event.id}")
        return super().on_event(state, event)


class Parking(Poisoned):
    on_error = Park()


class Retrying(Poisoned):
    on_error = Retry(attempts=2, delay=0.05)


def journals(dsn: str, type: str = "journal", *, version: int = 1) -> dict[str, list[int]]:
    """As readers see them."""
    found = _rows(
        dsn,
        "select id, data->'ids' from sample.projections join sample.projection_builds"
        " using (type, version, build) where type = %s and version = %s and status = 'active'",
        type,
        version,
    )
    return dict(found)


def history(dsn: str) -> dict[str, list[int]]:
    """What the journals of lists should say."""
    found = _rows(
        dsn,
        "select data->>'list_id', jsonb_agg(id order by id) from sample.events"
        " where data ? 'list_id' group by 1",
    )
    return dict(found)


def _rows(dsn: str, query: str, *values: object) -> list[Any]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(query.encode(), values).fetchall()
