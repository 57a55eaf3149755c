"""One process among others: what it is called, and how it sits out a restart of its database."""

from __future__ import annotations

import os
import socket
from time import monotonic
from uuid import uuid4

from psycopg import InterfaceError, OperationalError
from psycopg.errors import IdleInTransactionSessionTimeout

from storyline.failures import (
    ConnectionLostError,
    PoolExhaustedError,
    ReadOnlyError,
    UnreachableError,
)
from storyline.surroundings import UNWRITABLE

PASSING = (
    ConnectionLostError,
    IdleInTransactionSessionTimeout,
    InterfaceError,
    OperationalError,
    PoolExhaustedError,
    ReadOnlyError,
    UnreachableError,
)
"""A restart or a change of servers, once the database has been reached at all; and a process
that was frozen is told so.
"""

_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0


def new_owner() -> str:
    """For people who look at leases: where it runs. The rest makes it unique."""
    return f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:8]}"


def place_of(owner: str) -> str:
    """Its host and process id: what a person needs to find it."""
    return owner.rpartition("-")[0] or owner


class Outages:
    """How long to wait before the database is tried again."""

    def __init__(self) -> None:
        self._was_connected = False
        self._connected_at = 0.0
        self._is_over = False
        self._pause = 0.0

    def over(self) -> None:
        """So it seems: the next one counts as another only if this lasts."""
        self._was_connected = self._is_over = True
        self._connected_at = monotonic()

    def pause(self, error: Exception) -> float:
        """Seconds. Raises the error where waiting does not help.

        The database was never reached, so the DSN is wrong; or it does not take a value.
        """
        if not self._was_connected or isinstance(error, UNWRITABLE):
            raise error
        if self._is_over and monotonic() - self._connected_at > _LONGEST_PAUSE:
            self._pause = 0.0
        self._is_over = False
        self._pause = min(2 * self._pause or _FIRST_PAUSE, _LONGEST_PAUSE)
        return self._pause
