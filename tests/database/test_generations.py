"""Migrations that follow a story from release to release, as a database meets them."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from database.catalog import catalog
from database.generations import (
    BASE,
    PRAISED,
    RETURNED,
    commit,
    drop_everything,
    files,
    fresh_catalog,
    git,
    release,
    run,
    write,
)
from database.servers import eventually
from storyline.migrations import (
    MigrationError,
    State,
    migrate_down,
    migrate_up,
    migration_status,
    progress,
)
from storyline_cli import FINDINGS, FINE
from storyline_cli.__main__ import main

EVENT = ("ORDER_PLACED", "1", '{"order_id": "a"}', "{}")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "pyproject.toml").write_text("[tool.storyline]\n")
    monkeypatch.chdir(folder)
    release(folder, BASE)
    return folder


@pytest.fixture
def migrations(shop: Path) -> Path:
    return shop / "migrations"


RENAMED = BASE.replace(
    'fields.total = "decimal"', 'fields.sum = { type = "decimal", was = ["total"] }'
)
RENAMED = RENAMED.replace("where.total", "where.sum")
RATED = RETURNED.replace("RETURNED", "RATED").replace("returns", "ratings")
GENERATIONS = (BASE, BASE + RETURNED, RENAMED + RETURNED + PRAISED, RENAMED + PRAISED + RETURNED)


def test_released_migrations_replayed_are_the_same_as_a_fresh_schema(
    shop: Path, migrations: Path, storyline_dsn: str, tmp_path: Path
) -> None:
    fresh = [
        fresh_catalog(storyline_dsn, text, tmp_path / str(number))
        for number, text in enumerate(GENERATIONS)
    ]
    assert fresh[0] != fresh[1] != fresh[2]
    for text, expected in zip(GENERATIONS, fresh, strict=True):
        release(shop, text)
        migrate_up(storyline_dsn, migrations)
        assert catalog(storyline_dsn) == expected
    while migrate_down(storyline_dsn):
        pass
    assert not [each for each in catalog(storyline_dsn) if "shop" in str(each)]
    migrate_up(storyline_dsn, migrations)
    assert catalog(storyline_dsn) == fresh[-1]


# Two branches


@pytest.fixture
def branches(shop: Path, storyline_dsn: str) -> None:
    """Both add an event and a filter that is indexed; the base was released."""
    git("init", "--initial-branch=main")
    commit()
    git("branch", "other")


def change(shop: Path, branch: str, text: str, *, released: bool) -> None:
    git("checkout", branch)
    write(shop, text)
    run("generate")
    if released:
        run("release")
    commit()


def merge(shop: Path) -> None:
    git("checkout", "main")
    git("merge", "other")
    assert (shop / "schemas/shop.toml").read_text() == MERGED
    assert "<<<<<<<" not in (shop / "schemas/shop.lock.toml").read_text()


HEAD, TAIL = BASE.split("[events.SHOP_OPENED]")
OTHER = f"{HEAD}{PRAISED.lstrip()}\n[events.SHOP_OPENED]{TAIL}"
MERGED = OTHER + RETURNED
BOTH = ("main", "other")


@pytest.mark.usefixtures("branches")
@pytest.mark.parametrize(
    ("released", "applied"),
    [
        ((), None),
        (("main",), None),
        (("main",), "main"),
        (("other",), None),
        (("other",), "other"),
        (BOTH, None),
        (BOTH, "main"),
        (BOTH, "other"),
    ],
)
def test_two_branches_that_each_add_an_event_merge(
    shop: Path, storyline_dsn: str, tmp_path: Path, released: tuple[str, ...], applied: str | None
) -> None:
    migrations = shop / "migrations"
    expected = fresh_catalog(storyline_dsn, MERGED, tmp_path / "fresh")
    migrate_up(storyline_dsn, migrations)
    for branch, text in (("main", BASE + RETURNED), ("other", OTHER)):
        change(shop, branch, text, released=branch in released)
    if applied:
        git("checkout", applied)
        migrate_up(storyline_dsn, migrations)
    merge(shop)
    if released == BOTH:
        run("migrations", "merge")
    run("generate")
    run("generate", "--check")
    run("release")
    numbers = [name[:4] for name in files(shop)]
    assert sorted(set(numbers)) == numbers
    migrate_up(storyline_dsn, migrations)
    assert catalog(storyline_dsn) == expected
    assert migrate_up(storyline_dsn, migrations) == ()
    drop_everything(storyline_dsn)
    migrate_up(storyline_dsn, migrations)
    assert catalog(storyline_dsn) == expected


@pytest.mark.usefixtures("branches")
def test_two_heads_are_told_until_they_are_merged(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(shop, "main", BASE + RETURNED, released=True)
    change(shop, "other", OTHER, released=True)
    merge(shop)
    capsys.readouterr()
    for command in ("generate", "check", "release"):
        assert main([command]) == FINDINGS
        said = capsys.readouterr().out
        assert said.count("error[two-heads]") == 1
        assert "run `storyline migrations merge`" in said
    run("migrations", "merge")
    run("generate")


def test_a_first_migration_that_one_branch_has_released_stays_as_it_was_released(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text("[tool.storyline]\n")
    write(tmp_path, BASE)
    run("generate")
    git("init", "--initial-branch=main")
    commit()
    git("branch", "other")
    change(tmp_path, "main", BASE + RETURNED, released=False)
    change(tmp_path, "other", OTHER, released=True)
    first = tmp_path / "migrations/0001_shop.sql"
    as_released = first.read_text()
    merge(tmp_path)
    assert "<<<<<<<" in first.read_text()
    run("generate")
    assert first.read_text() == as_released
    run("generate", "--check")
    assert len(files(tmp_path)) > 1


# One for many


def test_a_baseline_stands_for_what_has_been_applied(
    shop: Path, migrations: Path, storyline_dsn: str, tmp_path: Path
) -> None:
    for text in GENERATIONS[1:3]:
        release(shop, text)
    migrate_up(storyline_dsn, migrations)
    before = catalog(storyline_dsn)
    run("migrations", "squash")
    assert len(files(shop)) == 1
    assert main(["generate", "--check"]) == FINE
    assert {status.state for status in migration_status(storyline_dsn, migrations)} == {
        State.APPLIED
    }
    assert migrate_up(storyline_dsn, migrations) == ()
    release(shop, GENERATIONS[2] + RATED)
    migrate_up(storyline_dsn, migrations)
    replayed = catalog(storyline_dsn)
    assert replayed != before
    drop_everything(storyline_dsn)
    assert len(migrate_up(storyline_dsn, migrations)) == len(files(shop))
    assert catalog(storyline_dsn) == replayed
    for _ in files(shop):
        migrate_down(storyline_dsn)
    assert not [each for each in catalog(storyline_dsn) if "shop" in str(each)]


def test_a_database_that_has_only_some_of_what_a_baseline_stands_for_is_told(
    shop: Path, migrations: Path, storyline_dsn: str
) -> None:
    migrate_up(storyline_dsn, migrations)
    release(shop, GENERATIONS[1])
    run("migrations", "squash")
    with pytest.raises(MigrationError, match="has applied only some"):
        migrate_up(storyline_dsn, migrations)


# While the log is in use


def test_an_interrupted_index_is_made_anew(
    shop: Path, migrations: Path, storyline_dsn: str
) -> None:
    migrate_up(storyline_dsn, migrations)
    release(shop, BASE + RETURNED)
    with ThreadPoolExecutor() as pool, psycopg.connect(storyline_dsn, autocommit=True) as reader:
        reader.execute("begin isolation level repeatable read; select count(*) from shop.events")
        running = pool.submit(migrate_up, storyline_dsn, migrations)
        assert eventually(lambda: one(storyline_dsn, INVALID))
        one(storyline_dsn, CANCEL)
        with pytest.raises(MigrationError, match=r"`create index concurrently .* those before"):
            running.result()
    assert one(storyline_dsn, INVALID) == 1
    assert len(migrate_up(storyline_dsn, migrations)) == len(files(shop)) - 1
    assert one(storyline_dsn, INVALID) == 0


INVALID = "select count(*) from pg_index where not indisvalid"
BUILDING = "select pid from pg_stat_activity where query like 'create index concurrently%'"
CANCEL = BUILDING.replace("pid", "pg_cancel_backend(pid)")


def one(dsn: str, query: str) -> object:
    with psycopg.connect(dsn, autocommit=True) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row and row[0]


def test_runners_wait_for_one_another_without_keeping_an_index_from_being_made(
    shop: Path, migrations: Path, storyline_dsn: str
) -> None:
    release(shop, BASE + RETURNED)
    with ThreadPoolExecutor(3) as pool:
        applied = list(pool.map(migrate_up, [storyline_dsn] * 3, [migrations] * 3))
    assert sorted(map(len, applied))[:2] == [0, 0]
    assert one(storyline_dsn, INVALID) == 0


def test_writers_are_not_kept_waiting_while_an_index_waits_for_a_reader(
    shop: Path, migrations: Path, storyline_dsn: str
) -> None:
    migrate_up(storyline_dsn, migrations)
    release(shop, BASE + RETURNED)
    with ThreadPoolExecutor() as pool, psycopg.connect(storyline_dsn, autocommit=True) as reader:
        reader.execute("begin isolation level repeatable read; select count(*) from shop.events")
        running = pool.submit(migrate_up, storyline_dsn, migrations)
        assert eventually(lambda: one(storyline_dsn, BUILDING))
        with psycopg.connect(storyline_dsn, autocommit=True) as writer:
            writer.execute("set statement_timeout = '5s'")
            writer.execute("call shop.append(%s, %s, %s, %s)", EVENT)
        assert not running.done()
        reader.execute("rollback")
        running.result()


def test_what_takes_long_is_told(
    shop: Path, migrations: Path, storyline_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "PAUSE", 0.02)
    migrate_up(storyline_dsn, migrations)
    release(shop, BASE + RETURNED)
    told: list[str] = []
    with ThreadPoolExecutor() as pool, psycopg.connect(storyline_dsn, autocommit=True) as reader:
        reader.execute("begin isolation level repeatable read; select count(*) from shop.events")
        running = pool.submit(migrate_up, storyline_dsn, migrations, listener=told.append)
        assert eventually(lambda: any("for a transaction to end" in words for words in told))
        reader.execute("rollback")
        running.result()
    assert all(words.startswith(("waiting", "building", "index")) for words in told)


def test_indexes_that_only_old_code_uses_may_wait(
    shop: Path, migrations: Path, storyline_dsn: str
) -> None:
    release(shop, BASE + RETURNED)
    migrate_up(storyline_dsn, migrations)
    release(shop, RENAMED + RETURNED)
    (last,) = (Path(name).stem for name in files(shop) if "unused" in name and name > "0004")
    assert last not in migrate_up(storyline_dsn, migrations, rolling=True)
    assert migrate_up(storyline_dsn, migrations) == (last,)
