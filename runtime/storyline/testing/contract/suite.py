"""How a contract is run: each test with a client of its own, which is open while it runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeAlias

import pytest

Test: TypeAlias = Callable[..., Any]


class Suite:
    """A class of tests gives them the fixture `client`: a new one, on an empty log of the story."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        _wrap(cls, _opened)

    @pytest.fixture
    def client(self) -> Any:
        raise NotImplementedError("A contract needs a fixture `client`: new, on an empty log.")


class AsyncSuite:
    """As `Suite`, for clients that are awaited: each test has an event loop of its own."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        _wrap(cls, _awaited)

    @pytest.fixture
    def client(self) -> Any:
        raise NotImplementedError("A contract needs a fixture `client`: new, on an empty log.")


def _wrap(suite: type, runner: Callable[[Test], Test]) -> None:
    for name, member in list(vars(suite).items()):
        if name.startswith("test_"):
            setattr(suite, name, runner(member))


def _opened(test: Test) -> Test:
    @wraps(test)
    def run(self: object, client: Any, **others: Any) -> None:
        with client:
            test(self, client=client, **others)

    return run


def _awaited(test: Test) -> Test:
    @wraps(test)
    def run(self: object, client: Any, **others: Any) -> None:
        asyncio.run(opened(self, client, others))

    async def opened(self: object, client: Any, others: dict[str, Any]) -> None:
        async with client:
            await test(self, client=client, **others)

    return run
