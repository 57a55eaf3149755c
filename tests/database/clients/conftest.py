"""The sample story's tables, and a runner for the tests of both clients."""

import asyncio
from contextlib import AsyncExitStack, ExitStack
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any

import pytest

from sample_story import migration_sql
from storyline import AsyncEventClient, EventClient
from storyline.migrations import migrate_up
from storyline_generator.diagnostics import Place
from storyline_generator.schema import Schema
from storyline_generator.source import Source


@pytest.fixture
def sample_dsn(storyline_dsn: str, tmp_path: Path) -> str:
    (tmp_path / "0001_sample.sql").write_text(sample_migration(), encoding="utf-8")
    migrate_up(storyline_dsn, tmp_path)
    return storyline_dsn


def sample_migration() -> str:
    """The generator's own, without indexes."""
    schema = Schema("sample", "sample", Place(Source("sample.toml", "")))
    return migration_sql(schema)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool:
    """Runs a test inside of its clients, and an `async def` test in a loop of its own."""
    names = pyfuncitem._fixtureinfo.argnames  # pyright: ignore[reportPrivateUsage]
    arguments = {name: pyfuncitem.funcargs[name] for name in names}
    if iscoroutinefunction(pyfuncitem.obj):
        asyncio.run(_awaited(pyfuncitem.obj, arguments))
    else:
        with ExitStack() as stack:
            for client in arguments.values():
                if isinstance(client, EventClient):
                    stack.enter_context(client)
            pyfuncitem.obj(**arguments)
    return True


async def _awaited(test: Any, arguments: dict[str, Any]) -> None:
    async with AsyncExitStack() as stack:
        for client in arguments.values():
            if isinstance(client, AsyncEventClient):
                await stack.enter_async_context(client)
        await test(**arguments)
