"""The log of the sample story, made by its migration in an empty database."""

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from database.log_client import Log
from sample_story import FILTERS, migration_sql, story
from storyline.migrations import migrate_up


@pytest.fixture
def migrations(tmp_path: Path) -> Path:
    """A folder with the migration of the sample story."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001_shop.sql").write_text(migration_sql(story(*FILTERS)))
    return folder


@pytest.fixture
def log_dsn(storyline_dsn: str, migrations: Path) -> str:
    migrate_up(storyline_dsn, migrations)
    return storyline_dsn


@pytest.fixture
def log(log_dsn: str) -> Iterator[Log]:
    with psycopg.connect(log_dsn, autocommit=True) as connection:
        yield Log(connection)


@pytest.fixture
def new_log(log_dsn: str) -> Callable[[], Log]:
    """For a second writer."""
    return lambda: Log(psycopg.connect(log_dsn, autocommit=True))
