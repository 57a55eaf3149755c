"""Connections of a pool: how long a call waits for one, and that each is put back."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from database.clients.test_failures import waiting_sessions
from database.clients.test_surroundings import locked_log
from database.servers import eventually
from storyline import (
    Dsn,
    EventClient,
    PoolClosedError,
    PoolExhaustedError,
    UnreachableError,
)
from storyline._sync import pools
from storyline.testing.contract.story import HOME, MILK, SAMPLE, added, list_stream

STREAM = list_stream(list_id=HOME)


def test_a_pool_without_a_free_connection_says_how_large_it_is(sample_dsn: str) -> None:
    with EventClient(SAMPLE, Dsn(sample_dsn, max_size=2, timeout=0.3)) as client:
        client.save_event(added(MILK))
        with locked_log(sample_dsn) as other, ThreadPoolExecutor(2) as threads:
            saving = [threads.submit(client.save_event, added(MILK)) for _ in range(2)]
            assert eventually(lambda: waiting_sessions(sample_dsn) == 2)
            with pytest.raises(PoolExhaustedError) as caught:
                client.get_latest_event(STREAM)
            assert (caught.value.timeout, caught.value.max_size) == (0.3, 2)
            other.rollback()
            assert sorted(saved.result().id for saved in saving) == [2, 3]


def test_an_exhausted_pool_of_the_callers_is_told_as_well(sample_dsn: str) -> None:
    pool = ConnectionPool[Any](sample_dsn, min_size=1, max_size=1, timeout=0.2, open=True)
    with (
        pool,
        EventClient(SAMPLE, pool) as client,
        pool.connection(),
        pytest.raises(PoolExhaustedError),
    ):
        client.get_latest_event(STREAM)


def test_one_call_after_the_other_needs_one_connection(sample_dsn: str) -> None:
    with EventClient(SAMPLE, sample_dsn) as client:
        for _ in range(3):
            client.save_event(added(MILK))
        assert others(sample_dsn) == 1


def test_as_many_connections_are_kept_ready_as_wanted(sample_dsn: str) -> None:
    with EventClient(SAMPLE, Dsn(sample_dsn, min_size=3)) as client:
        client.save_event(added(MILK))
        assert eventually(lambda: others(sample_dsn) == 3)


def others(dsn: str) -> int:
    with psycopg.connect(dsn) as connection:
        text = "select from pg_stat_activity where (datname, pid <> pg_backend_pid()) = (%s, true)"
        return connection.execute(text, (connection.info.dbname,)).rowcount


def test_a_pool_that_cannot_be_opened_is_opened_by_the_next_call(
    sample_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server goes away between the look at it and the pool's first connection."""
    with EventClient(SAMPLE, Dsn(sample_dsn, timeout=0.3)) as client:
        with monkeypatch.context() as patched:
            patched.setattr(pools, "_require_reachable", lambda dsn: None)
            patched.setattr(Dsn, "settings", lambda dsn: {"host": "/nowhere"})
            with pytest.raises(UnreachableError):
                client.save_event(added(MILK))
        assert client.save_event(added(MILK)).id == 1


def test_a_client_that_is_closed_while_it_opens_leaves_no_connection(
    sample_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = pools._opened  # pyright: ignore[reportPrivateUsage]

    def opened_and_closed(dsn: Dsn) -> ConnectionPool[Any]:
        pool = opened(dsn)
        client.close()
        return pool

    client = EventClient(SAMPLE, sample_dsn)
    monkeypatch.setattr(pools, "_opened", opened_and_closed)
    with pytest.raises(PoolClosedError):
        client.save_event(added(MILK))
    assert eventually(lambda: others(sample_dsn) == 0)


def test_a_connection_that_cannot_be_made_ready_is_put_back(
    sample_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(connection: object, value: bool) -> None:
        raise KeyboardInterrupt

    pool = ConnectionPool[Any](sample_dsn, min_size=1, max_size=1, timeout=0.2, open=True)
    with pool, EventClient(SAMPLE, pool) as client:
        with monkeypatch.context() as patch:
            patch.setattr(psycopg.Connection, "set_autocommit", interrupted)
            with pytest.raises(KeyboardInterrupt):
                client.get_latest_event(STREAM)
        assert client.get_latest_event(STREAM) is None


def test_a_server_that_says_nothing_is_unreachable_in_the_time_that_a_call_has() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        ThreadPoolExecutor(1) as thread,
    ):
        dsn = f"postgresql://user@127.0.0.1:{silent.getsockname()[1]}/log"
        with EventClient(SAMPLE, Dsn(dsn, timeout=2)) as client:
            reading = thread.submit(client.get_event_stream, STREAM)
            with pytest.raises(UnreachableError, match="timeout"):
                reading.result(timeout=30)


@pytest.mark.parametrize(
    ("given", "seconds"), [("", 8), ("connect_timeout=3", "3"), ("cannot be read", 8)]
)
def test_a_call_waits_to_connect_as_long_as_for_a_connection_unless_the_dsn_says_else(
    given: str, seconds: object
) -> None:
    for dsn in (Dsn(given, timeout=7.5), Dsn(given, timeout=7.5, statement_timeout=1)):
        assert dsn.settings()["connect_timeout"] == seconds
