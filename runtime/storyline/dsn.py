"""A DSN, and how a client's own pool of connections to it behaves. It connects to nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil
from typing import Any

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict


@dataclass(frozen=True, slots=True)
class Dsn:
    """`EventClient(TODO, Dsn(url, max_size=20, timeout=5))`.

    `min_size` connections are kept ready, and up to `max_size` made at need. `timeout`: the seconds
    that a call waits for one that is free, and for each host to connect to (2 at least), unless
    the DSN has a `connect_timeout`. `statement_timeout`: those after which the server gives
    a statement up; behind a pooler that takes no options, set it for the role instead.
    """

    text: str = field(repr=False)
    min_size: int = 1
    max_size: int = 10
    timeout: float = 30.0
    statement_timeout: float | None = None

    def settings(self) -> dict[str, Any]:
        """What each connection of the pool is made with."""
        given = self._parameters()
        settings = {
            "autocommit": True,
            "connect_timeout": given.get("connect_timeout") or max(2, ceil(self.timeout)),
        }
        if self.statement_timeout is None:
            return settings
        options = given.get("options") or ""
        milliseconds = round(self.statement_timeout * 1000)
        return {
            **settings,
            "options": f"{options} -c statement_timeout={milliseconds}".strip(),
        }

    def _parameters(self) -> dict[str, Any]:
        """None of a DSN that cannot be read: whoever connects is told so."""
        try:
            return conninfo_to_dict(self.text)
        except ProgrammingError:
            return {}
