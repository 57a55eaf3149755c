# Made by runtime/make_sync.py; edit runtime/storyline/_async/reconnecting.py
"""How a process sits out a restart of its database: around what it does on one connection."""

from __future__ import annotations

from logging import Logger
from types import TracebackType

from storyline.pauses import pause
from storyline.projecting.processes import PASSING, Outages


class Reconnecting:
    """A block that is entered again and again. What passes, it waits out; it raises the rest."""

    def __init__(self, log: Logger) -> None:
        self._log = log
        self._outages = Outages()

    def over(self) -> None:
        """There is a connection."""
        self._outages.over()

    def __enter__(self) -> None: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        if not isinstance(error, PASSING):
            return False
        seconds = self._outages.pause(error)
        self._log.warning("lost the database (%s): again in %s s", type(error).__name__, seconds)
        pause(seconds)
        return True
