"""`pytest tests/golden --accept` rewrites `expected/`, for a person to read the difference."""

from __future__ import annotations

import pytest

collect_ignore_glob = ["*/expected/*"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="rewrite the expected golden files")


@pytest.fixture(scope="session")
def accept(pytestconfig: pytest.Config) -> bool:
    return bool(pytestconfig.getoption("--accept"))
