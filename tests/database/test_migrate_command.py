"""`storyline migrate`, as a user calls it."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from storyline_cli import FINDINGS, FINE, USAGE
from storyline_cli.__main__ import main


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    assert main(["init", "shop"]) == FINE
    assert main(["generate"]) == FINE
    return tmp_path


@pytest.fixture
def powerless_dsn(storyline_dsn: str) -> Iterator[str]:
    """Of a role that may connect, and nothing else."""
    role = f"powerless_{uuid4().hex}"
    with psycopg.connect(storyline_dsn, autocommit=True) as connection:
        connection.execute(sql.SQL("create role {}").format(sql.Identifier(role)))
        yield make_conninfo(storyline_dsn, options=f"-c role={role}")
        connection.execute(sql.SQL("drop role {}").format(sql.Identifier(role)))


def test_a_missing_permission_is_told_with_a_way_forward(
    shop: Path, powerless_dsn: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["migrate", "up", "--dsn", powerless_dsn]) == USAGE
    said = capsys.readouterr().err
    assert "permission denied" in said
    assert "Connect as a role that may create schemas" in said


def test_status_says_what_to_do_about_a_changed_file(
    shop: Path, storyline_dsn: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["migrate", "up", "--dsn", storyline_dsn]) == FINE
    assert main(["migrate", "status", "--dsn", storyline_dsn]) == FINE
    migration = shop / "migrations/0001_shop.sql"
    migration.write_text(
        migration.read_text().replace("-- migrate:down", "select;\n-- migrate:down")
    )
    assert main(["migrate", "status", "--dsn", storyline_dsn]) == FINDINGS
    assert "its file has changed since. Restore the file" in capsys.readouterr().out
