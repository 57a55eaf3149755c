"""Appends and the database that they meet: the rest of them is in the contract."""

import random
from typing import Any

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from storyline import (
    AsyncEventClient,
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


async def test_a_stored_event_that_does_not_fit_names_its_id_type_and_field(
    client: AsyncEventClient, sample_dsn: str
) -> None:
    store(sample_dsn, 1, "MEASURED", '{"part": {"name": 7}}')
    with pytest.raises(UnreadableEventError) as caught:
        await client.get_event_stream(measured())
    assert (caught.value.id, caught.value.type) == (1, "MEASURED")
    assert caught.value.field == "part.name"


LARGE = random.Random(1).randbytes(2000).hex()
"""What no index of PostgreSQL can hold."""


async def test_an_event_that_an_index_cannot_hold_is_told_by_its_type(
    client: AsyncEventClient, sample_dsn: str
) -> None:
    with psycopg.connect(sample_dsn, autocommit=True) as connection:
        connection.execute("create index by_title on sample.events ((data ->> 'title'))")
    large = ItemAdded(list_id=HOME, item_id=MILK, title=LARGE)
    with pytest.raises(UnwritableError, match="by_title") as caught:
        await client.save_events([added(EGGS), large, large])
    assert caught.value.type == "ITEM_ADDED"
    async with client.transaction() as tx:
        await tx.save_event(added(EGGS))
        with pytest.raises(UnwritableError):
            await tx.save_event(large)
    assert (await client.save_event(added(MILK))).id == 1


@pytest.mark.parametrize(
    ("changed", "told"),
    [({"id": LARGE}, "LIST"), ({"id": "\0"}, "id"), ({"version": 2**40}, "LIST")],
)
async def test_a_state_that_its_table_cannot_hold_is_told_by_its_type_or_its_key(
    client: AsyncEventClient, changed: dict[str, Any], told: str
) -> None:
    saved = SavedProjection("LIST", "1", 1, 1, State())._replace(**changed)
    with pytest.raises(UnwritableError) as caught:
        await client.save_projection(saved)
    assert caught.value.type == told


async def test_unknown_fields_of_stored_events_are_ignored(
    client: AsyncEventClient, sample_dsn: str
) -> None:
    store(sample_dsn, 1, "MEASURED", '{"text": "a", "new": 1, "part": {"name": "b", "new": 2}}')
    (found,) = await client.get_event_stream(measured())
    assert found.data.part is not None
    assert (found.data.text, found.data.part.name) == ("a", "b")


async def test_a_database_without_the_storys_tables_says_what_to_do(storyline_dsn: str) -> None:
    async with AsyncEventClient(SAMPLE, storyline_dsn) as client:
        with pytest.raises(MissingMigrationError, match="storyline migrate up"):
            await client.save_event(added(MILK))
        with pytest.raises(MissingMigrationError, match="storyline migrate up"):
            await client.get_event_stream(list_stream(list_id=HOME))


async def test_a_wrong_dsn_fails_at_once() -> None:
    client = AsyncEventClient(SAMPLE, "host=/nowhere")
    with pytest.raises(UnreachableError):
        await client.save_event(added(MILK))


async def test_connections_of_a_given_pool_come_back_as_they_were(sample_dsn: str) -> None:
    async with AsyncConnectionPool(sample_dsn, min_size=1, max_size=1, open=False) as pool:
        async with AsyncEventClient(SAMPLE, pool) as client:
            await client.save_event(added(MILK))
        assert not pool.closed
        async with pool.connection() as connection:
            assert not connection.autocommit
            cursor = await connection.execute("select '{}'::jsonb")
            assert await cursor.fetchone() == ({},)


async def test_a_plain_commit_is_an_alternative_to_the_barrier(sample_dsn: str) -> None:
    async with AsyncEventClient(SAMPLE, sample_dsn, durability="commit") as client:
        await client.save_event(added(MILK))
        (recorded,) = await client.save_events([added(EGGS)])
        assert recorded.id == 2
        assert len(await client.get_event_stream(list_stream(list_id=HOME))) == 2
