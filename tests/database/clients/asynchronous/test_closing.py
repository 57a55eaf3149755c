"""A client that was closed, or whose pool is: everybody who calls it is told so."""

from typing import Any

import pytest
from psycopg_pool import AsyncConnectionPool

from database.clients.test_failures import end_sessions
from database.journals import Journals
from storyline import AsyncEventClient, AsyncProjector, PoolClosedError, Query, QueryItem
from storyline.testing.contract.story import EGGS, LIST_EVENTS, MILK, SAMPLE, added

LISTS: Query[Any] = Query(QueryItem(LIST_EVENTS))


async def test_a_client_that_was_closed_says_so(client: AsyncEventClient) -> None:
    await client.save_event(added(MILK))
    await client.close()
    for _ in range(2):
        with pytest.raises(PoolClosedError, match="The client was closed") as caught:
            await client.save_event(added(MILK))
        assert not caught.value.is_given


async def test_a_client_that_was_closed_before_its_first_use_opens_nothing(
    client: AsyncEventClient,
) -> None:
    await client.close()
    with pytest.raises(PoolClosedError):
        await client.get_event_stream(LISTS)


async def test_a_pool_of_the_callers_has_to_be_open(sample_dsn: str) -> None:
    pool = AsyncConnectionPool[Any](sample_dsn, min_size=1, open=False)
    client = AsyncEventClient(SAMPLE, pool)
    with pytest.raises(PoolClosedError, match="is not open") as caught:
        await client.save_event(added(MILK))
    assert caught.value.is_given
    async with pool:
        await client.save_event(added(MILK))
    with pytest.raises(PoolClosedError, match="is not open"):
        await client.save_event(added(MILK))


async def test_a_subscription_of_a_closed_client_ends(
    client: AsyncEventClient, sample_dsn: str
) -> None:
    async def consume() -> None:
        async for _ in client.subscribe(LISTS, name="mail"):
            await client.close()
            end_sessions(sample_dsn)

    await client.save_events([added(MILK), added(EGGS)])
    with pytest.raises(PoolClosedError):
        await consume()


async def test_a_projector_of_a_closed_client_ends(
    client: AsyncEventClient, sample_dsn: str
) -> None:
    projector = AsyncProjector(client, [Journals])
    await client.save_event(added(MILK))
    await projector.run_until_caught_up()
    await client.close()
    with pytest.raises(PoolClosedError):
        await projector.run()
