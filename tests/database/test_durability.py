"""Acknowledged means durable, though writers do not wait for the disk while they hold the log.

`STORYLINE_CRASHES` says how often the server of busy writers is killed.
"""

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from database.busy_processes import Crowd, entries
from database.clients.conftest import sample_migration
from database.log_client import Log, event
from database.log_oracle import complaints
from database.servers import crash, kill, new_folder, started
from storyline.migrations import migrate_up

NO_HELP = {"wal_writer_delay": "10s"}
"""Nobody but a waiting commit flushes the write-ahead log."""

CRASHES = int(os.environ.get("STORYLINE_CRASHES", "3"))
SEED = int(os.environ.get("STORYLINE_ORACLE_SEED", "1"))


@pytest.fixture
def folder() -> Iterator[Path]:
    with new_folder() as folder:
        yield folder


def test_an_acknowledged_event_survives_a_crash(folder: Path, migrations: Path) -> None:
    server = started(folder, **NO_HELP)
    migrate_up(server.dsn, migrations)
    for count in (1, 2, 3):
        with psycopg.connect(server.dsn, autocommit=True) as connection:
            Log(connection).append(event())
            crash(server)
        server = started(folder, **NO_HELP)
        with psycopg.connect(server.dsn, autocommit=True) as connection:
            assert Log(connection).ids() == list(range(1, count + 1))


def test_without_the_flush_barrier_the_same_crash_loses_it(folder: Path, migrations: Path) -> None:
    """Shows that the test above can fail."""
    server = started(folder, **NO_HELP)
    migrate_up(server.dsn, migrations)
    remove_barrier(server.dsn, "shop")
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        Log(connection).append(event())
        crash(server)
    server = started(folder, **NO_HELP)
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        assert Log(connection).ids() == []


def test_busy_writers_lose_nothing_that_was_acknowledged(folder: Path, tmp_path: Path) -> None:
    """And every decision that is left has seen what it should, the crash notwithstanding."""
    assert list(complaints_after_crashes(folder, tmp_path, CRASHES)) == []


def test_busy_writers_without_the_flush_barrier_do(folder: Path, tmp_path: Path) -> None:
    """Shows that the test above can fail."""
    found = complaints_after_crashes(folder, tmp_path, 1, barrier=False)
    assert any("was acknowledged" in complaint for complaint in found)


def complaints_after_crashes(
    folder: Path, notes: Path, crashes: int, *, barrier: bool = True
) -> Iterator[str]:
    (notes / "0001_sample.sql").write_text(sample_migration(), encoding="utf-8")
    server = started(folder, **NO_HELP)
    migrate_up(server.dsn, notes)
    if not barrier:
        remove_barrier(server.dsn, "sample")
    chance = random.Random(SEED)
    with Crowd(server.dsn, SEED, notes, others=()) as crowd:
        for _ in range(crashes):
            crowd.wait_for_more()
            time.sleep(chance.uniform(0, 0.5))
            chance.choice([crash, kill])(server)
            server = started(folder, **NO_HELP)
    return complaints(entries(server.dsn), crowd.acknowledged)


def remove_barrier(dsn: str, schema: str) -> None:
    barrier = "perform pg_catalog.pg_logical_emit_message(true, 'storyline', '')"
    with psycopg.connect(dsn, autocommit=True) as connection:
        definition = connection.execute(
            "select pg_get_functiondef(%s::regproc)", [f"{schema}.append"]
        ).fetchone()
        assert definition is not None
        assert barrier in definition[0]
        connection.execute(definition[0].replace(barrier, "null"))
