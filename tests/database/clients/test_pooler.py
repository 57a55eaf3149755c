"""PgBouncer in transaction mode, fewer connections than clients: a session keeps nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from database.servers import pooler_of
from storyline import AsyncEventClient, ConflictError, Dsn, EventClient
from storyline.migrations import MigrationError, migrate_up, migration_status
from storyline.testing.contract.story import HOME, MILK, SAMPLE, ItemId, added, list_stream

STREAM = list_stream(list_id=HOME)


@pytest.fixture
def pooled(sample_dsn: str) -> Iterator[str]:
    with pooler_of(sample_dsn, pool_size=2) as dsn:
        yield dsn


def decided(dsn: str, name: str) -> int:
    """How many of twenty decisions met a conflict."""
    conflicts = 0
    with EventClient(SAMPLE, Dsn(dsn, max_size=2)) as client:
        for number in range(20):
            history = client.get_history(STREAM)
            try:
                client.save_event_with_stream_validation(
                    added(ItemId(f"{name}{number}")),
                    streams=[STREAM],
                    latest_event_id=history.latest_event_id,
                )
            except ConflictError:
                conflicts += 1
    return conflicts


def test_many_clients_decide_over_few_connections(sample_dsn: str, pooled: str) -> None:
    with ThreadPoolExecutor(8) as threads:
        conflicts = list(threads.map(decided, [pooled] * 8, "abcdefgh"))
    with EventClient(SAMPLE, sample_dsn) as client:
        ids = [event.id for event in client.get_event_stream(STREAM)]
    assert ids == list(range(1, 161 - sum(conflicts)))
    assert sum(conflicts) > 0


def test_many_tasks_append_over_few_connections(pooled: str) -> None:
    async def saved() -> list[int]:
        async with AsyncEventClient(SAMPLE, pooled) as client:
            events = [added(ItemId(str(number))) for number in range(100)]
            recorded = await asyncio.gather(*(client.save_event(event) for event in events))
            return sorted(event.id for event in recorded)

    assert asyncio.run(saved()) == list(range(1, 101))


def test_what_an_append_sets_ends_with_it(sample_dsn: str) -> None:
    with pooler_of(sample_dsn, pool_size=1) as pooled:
        with EventClient(SAMPLE, pooled) as client:
            client.save_event(added(MILK))
        with psycopg.connect(pooled, autocommit=True) as connection:
            for name in ("synchronous_commit", "transaction_isolation"):
                used = connection.execute(f"show {name}".encode()).fetchone()
                with psycopg.connect(sample_dsn) as other:
                    assert other.execute(f"show {name}".encode()).fetchone() == used


def test_a_given_pool_may_prepare_what_it_likes(pooled: str) -> None:
    settings = {"prepare_threshold": 0}
    with ConnectionPool[Any](pooled, kwargs=settings, min_size=4, max_size=4, open=True) as pool:
        client = EventClient(SAMPLE, pool)
        with ThreadPoolExecutor(4) as threads:
            saved = list(threads.map(client.save_event, [added(MILK)] * 200))
    assert len({event.id for event in saved}) == 200


def test_migrations_ask_for_the_server_itself(pooled: str, tmp_path: Path) -> None:
    with pytest.raises(MigrationError, match="leads to a pooler"):
        migrate_up(pooled, tmp_path)
    assert migration_status(pooled, tmp_path)
