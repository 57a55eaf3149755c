"""The applications of `examples/`, importable, each on a migrated database of its own."""

import sys
from pathlib import Path

import pytest

from storyline.migrations import migrate_up

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

sys.path[:0] = [str(EXAMPLES / name) for name in ("todo", "courses", "scenarios")]


@pytest.fixture
def todo_dsn(storyline_dsn: str) -> str:
    migrate_up(storyline_dsn, EXAMPLES / "todo/migrations")
    return storyline_dsn


@pytest.fixture
def courses_dsn(storyline_dsn: str) -> str:
    migrate_up(storyline_dsn, EXAMPLES / "courses/migrations")
    return storyline_dsn


@pytest.fixture
def scenarios_dsn(storyline_dsn: str) -> str:
    migrate_up(storyline_dsn, EXAMPLES / "scenarios/migrations")
    return storyline_dsn
