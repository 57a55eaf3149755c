"""A story and what becomes of it, release after release: for tests of its migrations."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psycopg

from database.catalog import catalog
from storyline.migrations import migrate_up
from storyline_cli import FINE
from storyline_cli.__main__ import main

STORY = "schemas/shop.toml"
BASE = """\
story = "shop"

[streams.order]
key = "order_id"
fields.order_id = "str"

[streams.shop]
key = "shop_id"
fields.shop_id = "str"

[events.ORDER_PLACED]
stream = "order"
fields.total = "decimal"
fields.note = "str?"

[events.SHOP_OPENED]
stream = "shop"

[filters.large_orders]
events = ["ORDER_PLACED"]
where.total.gte = "$least"
index = true
"""
RETURNED = """
[events.ORDER_RETURNED]
stream = "order"
fields.reason = "str"

[filters.returns]
events = ["ORDER_RETURNED"]
where.reason = "$reason"
index = true
"""
PRAISED = """
[events.ORDER_PRAISED]
stream = "order"
fields.stars = "int"

[filters.praise]
events = ["ORDER_PRAISED"]
where.stars.gte = "$least"
index = true
"""


def write(shop: Path, text: str) -> None:
    (shop / STORY).parent.mkdir(exist_ok=True)
    (shop / STORY).write_text(text)


def run(*words: str) -> None:
    assert main(list(words)) == FINE, words


def release(shop: Path, text: str) -> None:
    write(shop, text)
    run("generate")
    run("release")


def files(shop: Path) -> list[str]:
    return sorted(file.name for file in (shop / "migrations").glob("*.sql"))


def git(*words: str) -> subprocess.CompletedProcess[str]:
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    return subprocess.run(("git", *who, *words), capture_output=True, text=True)


def commit() -> None:
    assert git("add", ".").returncode == 0
    assert git("commit", "--message=work").returncode == 0


def fresh_catalog(dsn: str, text: str, folder: Path) -> list[tuple[Any, ...]]:
    """What a story makes in an empty database, if nothing had ever been released."""
    (folder / "schemas").mkdir(parents=True)
    (folder / STORY).write_text(text)
    (folder / "pyproject.toml").write_text("[tool.storyline]\n")
    subprocess.run(
        (sys.executable, "-m", "storyline_cli", "generate"),
        cwd=folder,
        check=True,
        capture_output=True,
    )
    migrate_up(dsn, folder / "migrations")
    made = catalog(dsn)
    drop_everything(dsn)
    return made


def drop_everything(dsn: str, schemas: Iterable[str] = ("shop", "storyline")) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        for schema in schemas:
            connection.execute(f"drop schema if exists {schema} cascade".encode())
