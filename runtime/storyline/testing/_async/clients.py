"""Clients without a database: all of a client's own code, on a log in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from psycopg import AsyncConnection

from storyline._async.client import AsyncEventClient
from storyline._async.connections import AsyncSession
from storyline.errors import TransactionOverError
from storyline.questions import Question
from storyline.rows import OnUnreadable, Row
from storyline.statements import Statement
from storyline.story import Story
from storyline.testing.errors import NotInMemoryError
from storyline.testing.memory import Memory, writes


class AsyncInMemoryEventClient(AsyncEventClient):
    """A client of a new, empty log, for tests of validators and projections.

    It decides as a client of PostgreSQL does, conflicts of racing threads and tasks included, and
    is as strict about what can be stored; but every read looks through all events, and nothing
    outlives it. A transaction keeps other writers away from its beginning, and has no connection.
    What needs PostgreSQL itself raises `NotInMemoryError`.
    """

    def __init__(self, story: Story, *, on_unreadable: OnUnreadable | None = None) -> None:
        super().__init__(story, AsyncMemoryLog(Memory()), on_unreadable=on_unreadable)


class AsyncMemoryLog:
    """One writer at a time, as with the lock on the head; readers see what is committed."""

    def __init__(self, memory: Memory) -> None:
        self._memory: Memory | None = memory
        self._writing = asyncio.Lock()

    async def answer(self, question: Question) -> list[Row]:
        if not writes(question):
            return self._open.answer(question)
        async with self._writing:
            return self._open.answer(question)

    async def fetch(self, statement: Statement) -> list[Row]:
        raise NotInMemoryError("SQL")

    @asynccontextmanager
    async def in_transaction(self) -> AsyncGenerator[AsyncMemoryLog]:
        async with self._writing:
            joined = AsyncMemoryLog(self._open.copy())
            try:
                yield joined
                self._memory = joined._memory
            finally:
                joined._memory = None

    @property
    def connection(self) -> AsyncConnection[Any]:
        raise NotInMemoryError("connection")

    def session(self) -> AbstractAsyncContextManager[AsyncSession]:
        raise NotInMemoryError("projector")

    async def close(self) -> None:
        """Its events can still be read."""

    @property
    def _open(self) -> Memory:
        if self._memory is None:
            raise TransactionOverError
        return self._memory
