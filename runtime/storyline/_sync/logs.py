# Made by runtime/make_sync.py; edit runtime/storyline/_async/logs.py
"""What a client needs of a log, and the one in PostgreSQL. `testing` has another, in memory."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, Protocol, runtime_checkable

from psycopg import Connection
from psycopg_pool import ConnectionPool

from storyline._sync.connections import Borrowed, Connections, Durability, Session
from storyline.dsn import Dsn
from storyline.questions import Question
from storyline.rows import Row
from storyline.statements import Statement
from storyline.story import Story


@runtime_checkable
class Log(Protocol):
    """Of one story, with what is saved beside its events."""

    def answer(self, question: Question) -> list[Row]:
        """At once or not at all; as if one question came after the other."""
        ...

    def fetch(self, statement: Statement) -> list[Row]:
        """For projectors and their administration, which speak SQL."""
        ...

    def in_transaction(self) -> AbstractContextManager[Joined]:
        """All that is asked within the block happens at its end, or not at all."""
        ...

    def session(self) -> AbstractContextManager[Session]:
        """One connection for a long time: for projectors."""
        ...

    def close(self) -> None: ...


class Joined(Log, Protocol):
    """A log within a transaction."""

    @property
    def connection(self) -> Connection[Any]:
        """For SQL of the caller's own."""
        ...


def opened(
    story: Story,
    given: ConnectionPool[Any] | Connection[Any] | Log | Dsn | str,
    durability: Durability,
) -> Log:
    match given:
        case Log():
            return given
        case Connection():
            return Borrowed(story, given)
        case _:
            return Connections(story, given, durability)
