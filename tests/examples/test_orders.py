"""A story that no example covers, as a new user would live it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

HERE = Path(__file__).resolve().parent / "orders"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    command(tmp_path, "storyline", "init", "orders")
    shutil.copy(HERE / "orders.toml", tmp_path / "schemas/orders.toml")
    command(tmp_path, "storyline", "generate")
    shutil.copy(HERE / "order_app.py", tmp_path / "order_app.py")
    return tmp_path


def test_every_operator_finds_what_it_should(project: Path, storyline_dsn: str) -> None:
    command(project, "storyline", "migrate", "up", "--dsn", storyline_dsn)
    assert "orders: fine" in command(project, "python", "order_app.py", storyline_dsn)
    with psycopg.connect(storyline_dsn) as connection:
        stored = connection.execute("select data from orders.events where id = 1").fetchone()
    assert stored is not None
    assert stored[0]["orderId"] == "00000000-0000-0000-0000-000000000001"
    assert stored[0]["placedAt"] == "2026-11-23T06:10:00.000000Z"
    assert stored[0]["totalAmount"] == "25.00"
    assert stored[0]["tags"] == ["big", "new"]
    assert stored[0]["class"] == "A"


def test_the_new_project_is_clean_under_the_type_checkers(project: Path) -> None:
    command(project, "mypy", "--strict", "app", "order_app.py")
    (project / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}')
    command(project, "pyright", "--pythonpath", sys.executable, "app", "order_app.py")
    command(project, "ruff", "check", "--isolated", "app")


def test_generating_again_changes_nothing(project: Path) -> None:
    command(project, "storyline", "generate", "--check")


def command(folder: Path, *words: str) -> str:
    path = str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"]
    done = subprocess.run(
        words, cwd=folder, env={**os.environ, "PATH": path}, text=True, capture_output=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
