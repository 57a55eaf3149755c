# Made by runtime/make_sync.py; edit tests/database/clients/asynchronous/test_closing.py
"""A client that was closed, or whose pool is: everybody who calls it is told so."""

from typing import Any

import pytest
from psycopg_pool import ConnectionPool

from database.clients.test_failures import end_sessions
from database.journals import Journals
from storyline import EventClient, PoolClosedError, Projector, Query, QueryItem
from storyline.testing.contract.story import EGGS, LIST_EVENTS, MILK, SAMPLE, added

LISTS: Query[Any] = Query(QueryItem(LIST_EVENTS))


def test_a_client_that_was_closed_says_so(client: EventClient) -> None:
    client.save_event(added(MILK))
    client.close()
    for _ in range(2):
        with pytest.raises(PoolClosedError, match="The client was closed") as caught:
            client.save_event(added(MILK))
        assert not caught.value.is_given


def test_a_client_that_was_closed_before_its_first_use_opens_nothing(
    client: EventClient,
) -> None:
    client.close()
    with pytest.raises(PoolClosedError):
        client.get_event_stream(LISTS)


def test_a_pool_of_the_callers_has_to_be_open(sample_dsn: str) -> None:
    pool = ConnectionPool[Any](sample_dsn, min_size=1, open=False)
    client = EventClient(SAMPLE, pool)
    with pytest.raises(PoolClosedError, match="is not open") as caught:
        client.save_event(added(MILK))
    assert caught.value.is_given
    with pool:
        client.save_event(added(MILK))
    with pytest.raises(PoolClosedError, match="is not open"):
        client.save_event(added(MILK))


def test_a_subscription_of_a_closed_client_ends(client: EventClient, sample_dsn: str) -> None:
    def consume() -> None:
        for _ in client.subscribe(LISTS, name="mail"):
            client.close()
            end_sessions(sample_dsn)

    client.save_events([added(MILK), added(EGGS)])
    with pytest.raises(PoolClosedError):
        consume()


def test_a_projector_of_a_closed_client_ends(client: EventClient, sample_dsn: str) -> None:
    projector = Projector(client, [Journals])
    client.save_event(added(MILK))
    projector.run_until_caught_up()
    client.close()
    with pytest.raises(PoolClosedError):
        projector.run()
