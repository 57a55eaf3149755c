"""What a client needs of a log, and the one in PostgreSQL. `testing` has another, in memory."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, runtime_checkable

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from storyline._async.connections import AsyncBorrowed, AsyncConnections, AsyncSession, Durability
from storyline.dsn import Dsn
from storyline.questions import Question
from storyline.rows import Row
from storyline.statements import Statement
from storyline.story import Story


@runtime_checkable
class AsyncLog(Protocol):
    """Of one story, with what is saved beside its events."""

    async def answer(self, question: Question) -> list[Row]:
        """At once or not at all; as if one question came after the other."""
        ...

    async def fetch(self, statement: Statement) -> list[Row]:
        """For projectors and their administration, which speak SQL."""
        ...

    def in_transaction(self) -> AbstractAsyncContextManager[AsyncJoined]:
        """All that is asked within the block happens at its end, or not at all."""
        ...

    def session(self) -> AbstractAsyncContextManager[AsyncSession]:
        """One connection for a long time: for projectors."""
        ...

    async def close(self) -> None: ...


class AsyncJoined(AsyncLog, Protocol):
    """A log within a transaction."""

    @property
    def connection(self) -> AsyncConnection[Any]:
        """For SQL of the caller's own."""
        ...


def opened(
    story: Story,
    given: AsyncConnectionPool[Any] | AsyncConnection[Any] | AsyncLog | Dsn | str,
    durability: Durability,
) -> AsyncLog:
    match given:
        case AsyncLog():
            return given
        case AsyncConnection():
            return AsyncBorrowed(story, given)
        case _:
            return AsyncConnections(story, given, durability)
