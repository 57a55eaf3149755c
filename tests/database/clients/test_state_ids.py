"""The law: which states an event touches is the same in Python and in SQL, for every type of key.

And a state's own query finds exactly the events that touch it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar, Literal
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from storyline import (
    Event,
    EventClient,
    ListOf,
    Number,
    Query,
    QueryItem,
    Recorded,
    SortedSet,
    StateKey,
    Story,
    Text,
)
from storyline.expressions import state_id, state_ids

Colour = Literal["red", "blue"]


class One(Event, frozen=True):
    __type__: ClassVar[str] = "ONE"

    text: str
    whole: int
    uuid: UUID
    day: date
    colour: Colour


class Many(Event, frozen=True):
    __type__: ClassVar[str] = "MANY"

    texts: list[str]
    wholes: SortedSet[int]
    uuids: list[UUID]
    days: SortedSet[date]
    colours: list[Colour]


STORY = Story(
    name="sample",
    schema="sample",
    package=__name__,
    events={"ONE": "One", "MANY": "Many"},
)
READS = Query[Any](QueryItem(("ONE", "MANY")))
KEYS = (
    StateKey("text", str, {"ONE": Text("text"), "MANY": ListOf(Text("texts"))}),
    StateKey("whole", int, {"ONE": Number("whole"), "MANY": ListOf(Number("wholes"))}),
    StateKey("uuid", UUID, {"ONE": Text("uuid"), "MANY": ListOf(Text("uuids"))}),
    StateKey("day", date.fromisoformat, {"ONE": Text("day"), "MANY": ListOf(Text("days"))}),
    StateKey("colour", str, {"ONE": Text("colour"), "MANY": ListOf(Text("colours"))}),
)
TEXT = st.sampled_from(["", "a", "A", "ä", "\uffff", "\U0001f600", "10", "9", '"', "\\", "%s", "'"])
WHOLE = st.sampled_from([0, -1, 9, 10, 2**70])
IDS = st.sampled_from([UUID(int=0), UUID("7B1E0B52-6F2A-4F0E-9D38-0D2F8A1C5E11")])
DAY = st.sampled_from([date(5, 1, 1), date(2026, 11, 25)])
COLOUR = st.sampled_from(["red", "blue"])


def events() -> st.SearchStrategy[Event]:
    one = st.builds(One, text=TEXT, whole=WHOLE, uuid=IDS, day=DAY, colour=COLOUR)
    many = st.builds(
        Many,
        texts=st.lists(TEXT, max_size=4),
        wholes=st.frozensets(WHOLE),
        uuids=st.lists(IDS, max_size=3),
        days=st.frozensets(DAY),
        colours=st.lists(COLOUR, max_size=3),
    )
    return one | many


@pytest.fixture
def client(sample_dsn: str) -> Iterator[EventClient]:
    assert sys.modules[__name__].One is One  # where the story looks for it
    with EventClient(STORY, sample_dsn) as client:
        yield client


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(given_events=st.lists(events(), min_size=1, max_size=6))
def test_python_and_sql_find_the_same_states(
    client: EventClient, sample_dsn: str, given_events: list[Event]
) -> None:
    log = client.save_events(given_events)
    for key in KEYS:
        touched = [key.ids_of(event.data) for event in log]
        assert ids_in_sql(sample_dsn, key, log[0].id) == touched
        for id in {id for ids in touched for id in ids}:
            found = client.get_event_stream(key.query(READS, id), after_id=log[0].id - 1)
            assert list(found) == touching(log, key, id)


def ids_in_sql(dsn: str, key: StateKey, first_id: int) -> list[tuple[str, ...]]:
    with psycopg.connect(dsn) as connection:
        query = sql.SQL("select {} from sample.events where id >= %s order by id")
        rows = connection.execute(query.format(state_ids(key)), (first_id,)).fetchall()
    return [tuple(ids) for (ids,) in rows]


@given(given_events=st.lists(events(), min_size=1, max_size=6))
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_the_only_id_is_the_same_text(
    client: EventClient, sample_dsn: str, given_events: list[Event]
) -> None:
    first_id = client.save_events(given_events)[0].id
    with psycopg.connect(sample_dsn) as connection:
        for key in (None, *map(without_lists, KEYS)):
            query = sql.SQL("select {}, {} from sample.events where id >= %s and type = 'ONE'")
            text = query.format(state_id(key), state_ids(key))
            for only, ids in connection.execute(text, (first_id,)):
                assert ids == [only]


def without_lists(key: StateKey) -> StateKey:
    """With a second place, so that it depends on the type."""
    fields = {"ONE": key.fields["ONE"], "OTHER": Text("elsewhere")}
    return StateKey(key.name, key.of_text, fields)


def touching(log: tuple[Recorded[Any], ...], key: StateKey, id: str) -> list[Recorded[Any]]:
    return [event for event in log if id in key.ids_of(event.data)]


@pytest.mark.parametrize("data", ["{}", '{"texts": null}', '{"texts": {"a": 1}}'])
def test_a_row_that_cannot_be_read_still_belongs_to_somebody(sample_dsn: str, data: str) -> None:
    """Else no process would meet it, and its loss would never be noticed."""
    key = StateKey("text", str, {"ONE": Text("text"), "MANY": ListOf(Text("texts"))})
    with psycopg.connect(sample_dsn, autocommit=True) as connection:
        connection.execute(
            "insert into sample.events (id, type, data) values (1, 'ONE', '{}'), (2, 'MANY', %s)",
            (data,),
        )
    assert ids_in_sql(sample_dsn, key, 1) == [("",), ("",)]


def test_without_a_key_there_is_one_state(client: EventClient, sample_dsn: str) -> None:
    client.save_event(Many(texts=[], wholes=frozenset(), uuids=[], days=frozenset(), colours=[]))
    with psycopg.connect(sample_dsn) as connection:
        query = sql.SQL("select {} from sample.events").format(state_ids(None))
        assert connection.execute(query).fetchall() == [([""],)]
