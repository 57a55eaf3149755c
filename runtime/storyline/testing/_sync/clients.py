# Made by runtime/make_sync.py; edit runtime/storyline/testing/_async/clients.py
"""Clients without a database: all of a client's own code, on a log in memory."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from psycopg import Connection

from storyline._sync.client import EventClient
from storyline._sync.connections import Session
from storyline.errors import TransactionOverError
from storyline.questions import Question
from storyline.rows import OnUnreadable, Row
from storyline.statements import Statement
from storyline.story import Story
from storyline.testing.errors import NotInMemoryError
from storyline.testing.memory import Memory, writes


class InMemoryEventClient(EventClient):
    """A client of a new, empty log, for tests of validators and projections.

    It decides as a client of PostgreSQL does, conflicts of racing threads and tasks included, and
    is as strict about what can be stored; but every read looks through all events, and nothing
    outlives it. A transaction keeps other writers away from its beginning, and has no connection.
    What needs PostgreSQL itself raises `NotInMemoryError`.
    """

    def __init__(self, story: Story, *, on_unreadable: OnUnreadable | None = None) -> None:
        super().__init__(story, MemoryLog(Memory()), on_unreadable=on_unreadable)


class MemoryLog:
    """One writer at a time, as with the lock on the head; readers see what is committed."""

    def __init__(self, memory: Memory) -> None:
        self._memory: Memory | None = memory
        self._writing = threading.Lock()

    def answer(self, question: Question) -> list[Row]:
        if not writes(question):
            return self._open.answer(question)
        with self._writing:
            return self._open.answer(question)

    def fetch(self, statement: Statement) -> list[Row]:
        raise NotInMemoryError("SQL")

    @contextmanager
    def in_transaction(self) -> Generator[MemoryLog]:
        with self._writing:
            joined = MemoryLog(self._open.copy())
            try:
                yield joined
                self._memory = joined._memory
            finally:
                joined._memory = None

    @property
    def connection(self) -> Connection[Any]:
        raise NotInMemoryError("connection")

    def session(self) -> AbstractContextManager[Session]:
        raise NotInMemoryError("projector")

    def close(self) -> None:
        """Its events can still be read."""

    @property
    def _open(self) -> Memory:
        if self._memory is None:
            raise TransactionOverError
        return self._memory
