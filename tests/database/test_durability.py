"""Acknowledged means durable, though writers do not wait for the disk while they hold the log."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from database.log_client import Log, event
from database.servers import crash, new_folder, started
from storyline.migrations import migrate_up

NO_HELP = {"wal_writer_delay": "10s"}
"""Nobody but a waiting commit flushes the write-ahead log."""


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
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        definition = connection.execute(
            "select pg_get_functiondef('shop.append'::regproc)"
        ).fetchone()
        assert definition is not None
        barrier = "perform pg_catalog.pg_logical_emit_message(true, 'storyline', '')"
        assert barrier in definition[0]
        connection.execute(definition[0].replace(barrier, "null"))
        Log(connection).append(event())
        crash(server)
    server = started(folder, **NO_HELP)
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        assert Log(connection).ids() == []
