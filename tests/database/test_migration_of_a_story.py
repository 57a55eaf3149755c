"""The generated migration: up makes everything, down leaves nothing, other runners can run it."""

import re
from pathlib import Path

import psycopg
import pytest

from database.catalog import catalog
from sample_story import FILTERS, migration_sql, story
from storyline.migrations import EventsWouldBeLostError, migrate_down, migrate_up


@pytest.fixture(params=["shop", "public", 'Bob\'s "$body$" shop; drop table events; --'])
def migrations(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    text = migration_sql(story(*FILTERS, database_schema=request.param))
    (tmp_path / "0001_shop.sql").write_text(text)
    return tmp_path


def test_up_after_down_makes_the_same_again(storyline_dsn: str, migrations: Path) -> None:
    empty = catalog(storyline_dsn)
    migrate_up(storyline_dsn, migrations)
    made = catalog(storyline_dsn)
    assert len(made) > 40
    migrate_down(storyline_dsn)
    assert catalog(storyline_dsn) == empty
    migrate_up(storyline_dsn, migrations)
    assert catalog(storyline_dsn) == made


def test_a_runner_that_only_cuts_at_the_markers_makes_the_same(
    storyline_dsn: str, migrations: Path
) -> None:
    empty = catalog(storyline_dsn)
    (file,) = migrations.iterdir()
    _, up, down = re.split(r"(?m)^-- migrate:(?:up|down)$", file.read_text())
    with psycopg.connect(storyline_dsn) as connection:
        connection.execute(up.encode())
    by_hand = catalog(storyline_dsn)
    with psycopg.connect(storyline_dsn) as connection:
        connection.execute(down.encode())
    assert catalog(storyline_dsn) == empty
    migrate_up(storyline_dsn, migrations)
    assert catalog(storyline_dsn) == by_hand


def test_down_does_not_take_along_what_others_made_in_the_schema(
    storyline_dsn: str, tmp_path: Path
) -> None:
    (tmp_path / "0001_shop.sql").write_text(migration_sql(story()))
    migrate_up(storyline_dsn, tmp_path)
    with psycopg.connect(storyline_dsn) as connection:
        connection.execute("create table shop.mine (x integer)")
    before = catalog(storyline_dsn)
    with pytest.raises(Exception, match=r"other objects depend on it \(2BP01\)"):
        migrate_down(storyline_dsn)
    assert catalog(storyline_dsn) == before


def test_down_keeps_events_unless_told_to_delete_them(storyline_dsn: str, tmp_path: Path) -> None:
    (tmp_path / "0001_shop.sql").write_text(migration_sql(story()))
    migrate_up(storyline_dsn, tmp_path)
    with psycopg.connect(storyline_dsn, autocommit=True) as connection:
        connection.execute("call shop.append('NOTE_TAKEN', '1', '{}', '{}')")
    with pytest.raises(EventsWouldBeLostError, match=r"1 event of `shop`.*--delete-events") as lost:
        migrate_down(storyline_dsn)
    assert lost.value.events == {"shop": 1}
    with psycopg.connect(storyline_dsn) as connection:
        assert connection.execute("select count(*) from shop.events").fetchone() == (1,)
    assert migrate_down(storyline_dsn, delete_events=True) == "0001_shop"
