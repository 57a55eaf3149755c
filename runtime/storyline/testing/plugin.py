"""Fixtures for pytest: `pytest_plugins = ["storyline.testing.plugin"]` in a `conftest.py`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storyline.migrations import migrate_up
from storyline.testing.databases import empty_database, server_for_tests

pytest.register_assert_rewrite("storyline.testing.contract")

_CONTRACT = Path(__file__).parent / "contract" / "migrations"


@pytest.fixture(scope="session")
def storyline_server() -> Iterator[str]:
    """The DSN of a PostgreSQL for the whole session."""
    with server_for_tests() as dsn:
        yield dsn


@pytest.fixture
def storyline_dsn(storyline_server: str) -> Iterator[str]:
    """The DSN of an empty database for one test."""
    with empty_database(storyline_server) as dsn:
        yield dsn


@pytest.fixture
def storyline_contract_dsn(storyline_dsn: str) -> str:
    """The DSN of a database with an empty log of the contract's story."""
    migrate_up(storyline_dsn, _CONTRACT)
    return storyline_dsn
