"""Revisions of Alembic make and undo the same as the files that they are written from."""

import subprocess
import sys
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from database.catalog import catalog
from database.generations import BASE, PRAISED, RETURNED, drop_everything, release, run
from storyline.migrations import migrate_up

ENVIRONMENT = """\
from alembic import context
from sqlalchemy import create_engine

with create_engine(URL, connect_args=ARGUMENTS).connect() as connection:
    context.configure(connection=connection, version_table_schema="public")
    with context.begin_transaction():
        context.run_migrations()
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, storyline_dsn: str) -> Path:
    """Two releases, of a project whose database Alembic looks after."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text("[tool.storyline]\n")
    release(tmp_path, BASE)
    release(tmp_path, BASE + RETURNED)
    (tmp_path / "alembic/versions").mkdir(parents=True)
    settings = f"URL = 'postgresql+psycopg://'\nARGUMENTS = {conninfo_to_dict(storyline_dsn)!r}\n"
    (tmp_path / "alembic/env.py").write_text(settings + ENVIRONMENT)
    (tmp_path / "alembic.ini").write_text("[alembic]\nscript_location = alembic\n")
    run("migrations", "alembic", "alembic/versions")
    return tmp_path


def alembic(*words: str) -> str:
    command = (sys.executable, "-m", "alembic", *words)
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def objects(dsn: str) -> list[object]:
    return [each for each in catalog(dsn) if "alembic" not in str(each)]


def test_alembic_makes_and_undoes_what_our_runner_does(shop: Path, storyline_dsn: str) -> None:
    empty = objects(storyline_dsn)
    migrate_up(storyline_dsn, shop / "migrations")
    expected = objects(storyline_dsn)
    drop_everything(storyline_dsn)
    alembic("upgrade", "head")
    assert objects(storyline_dsn) == expected
    alembic("downgrade", "base")
    assert objects(storyline_dsn) == empty


def test_revisions_are_the_same_everywhere_and_follow_one_another(shop: Path) -> None:
    before = {file.name: file.read_bytes() for file in (shop / "alembic/versions").glob("*.py")}
    assert len(before) == len([*(shop / "migrations").glob("*.sql")]) == 3
    run("migrations", "alembic", "alembic/versions")
    assert before == {
        file.name: file.read_bytes() for file in (shop / "alembic/versions").glob("*.py")
    }
    release(shop, BASE + RETURNED + PRAISED)
    run("migrations", "alembic", "alembic/versions")
    assert len(alembic("heads").splitlines()) == 1
    assert "(shop)" in alembic("history")
