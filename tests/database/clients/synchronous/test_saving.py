# Made by runtime/make_sync.py; edit tests/database/clients/asynchronous/test_saving.py
"""Appends and the database that they meet: the rest of them is in the contract."""

import random
from typing import Any

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from storyline import (
    EventClient,
    MissingMigrationError,
    Query,
    QueryItem,
    SavedProjection,
    State,
    UnreachableError,
    UnreadableEventError,
    UnwritableError,
)
from storyline.testing.contract.story import (
    EGGS,
    HOME,
    MILK,
    SAMPLE,
    ItemAdded,
    Measured,
    added,
    list_stream,
)


def measured() -> Query[Measured]:
    return Query(QueryItem(["MEASURED"]))


def store(dsn: str, id: int, type: str, data: str) -> None:
    """As another program might."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "insert into sample.events (id, type, data) values (%s, %s, %s)", (id, type, data)
        )


def test_a_stored_event_that_does_not_fit_names_its_id_type_and_field(
    client: EventClient, sample_dsn: str
) -> None:
    store(sample_dsn, 1, "MEASURED", '{"part": {"name": 7}}')
    with pytest.raises(UnreadableEventError) as caught:
        client.get_event_stream(measured())
    assert (caught.value.id, caught.value.type) == (1, "MEASURED")
    assert caught.value.field == "part.name"


LARGE = random.Random(1).randbytes(2000).hex()
"""What no index of PostgreSQL can hold."""


def test_an_event_that_an_index_cannot_hold_is_told_by_its_type(
    client: EventClient, sample_dsn: str
) -> None:
    with psycopg.connect(sample_dsn, autocommit=True) as connection:
        connection.execute("create index by_title on sample.events ((data ->> 'title'))")
    large = ItemAdded(list_id=HOME, item_id=MILK, title=LARGE)
    with pytest.raises(UnwritableError, match="by_title") as caught:
        client.save_events([added(EGGS), large, large])
    assert caught.value.type == "ITEM_ADDED"
    with client.transaction() as tx:
        tx.save_event(added(EGGS))
        with pytest.raises(UnwritableError):
            tx.save_event(large)
    assert (client.save_event(added(MILK))).id == 1


@pytest.mark.parametrize(
    ("changed", "told"),
    [({"id": LARGE}, "LIST"), ({"id": "\0"}, "id"), ({"version": 2**40}, "LIST")],
)
def test_a_state_that_its_table_cannot_hold_is_told_by_its_type_or_its_key(
    client: EventClient, changed: dict[str, Any], told: str
) -> None:
    saved = SavedProjection("LIST", "1", 1, 1, State())._replace(**changed)
    with pytest.raises(UnwritableError) as caught:
        client.save_projection(saved)
    assert caught.value.type == told


def test_unknown_fields_of_stored_events_are_ignored(client: EventClient, sample_dsn: str) -> None:
    store(sample_dsn, 1, "MEASURED", '{"text": "a", "new": 1, "part": {"name": "b", "new": 2}}')
    (found,) = client.get_event_stream(measured())
    assert found.data.part is not None
    assert (found.data.text, found.data.part.name) == ("a", "b")


def test_a_database_without_the_storys_tables_says_what_to_do(storyline_dsn: str) -> None:
    with EventClient(SAMPLE, storyline_dsn) as client:
        with pytest.raises(MissingMigrationError, match="storyline migrate up"):
            client.save_event(added(MILK))
        with pytest.raises(MissingMigrationError, match="storyline migrate up"):
            client.get_event_stream(list_stream(list_id=HOME))


def test_a_wrong_dsn_fails_at_once() -> None:
    client = EventClient(SAMPLE, "host=/nowhere")
    with pytest.raises(UnreachableError):
        client.save_event(added(MILK))


def test_connections_of_a_given_pool_come_back_as_they_were(sample_dsn: str) -> None:
    with ConnectionPool(sample_dsn, min_size=1, max_size=1, open=False) as pool:
        with EventClient(SAMPLE, pool) as client:
            client.save_event(added(MILK))
        assert not pool.closed
        with pool.connection() as connection:
            assert not connection.autocommit
            cursor = connection.execute("select '{}'::jsonb")
            assert cursor.fetchone() == ({},)


def test_a_plain_commit_is_an_alternative_to_the_barrier(sample_dsn: str) -> None:
    with EventClient(SAMPLE, sample_dsn, durability="commit") as client:
        client.save_event(added(MILK))
        (recorded,) = client.save_events([added(EGGS)])
        assert recorded.id == 2
        assert len(client.get_event_stream(list_stream(list_id=HOME))) == 2
