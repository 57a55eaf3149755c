"""A DSN, and how a client's own pool of connections to it behaves. It connects to nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from psycopg.conninfo import conninfo_to_dict


@dataclass(frozen=True, slots=True)
class Dsn:
    """`EventClient(TODO, Dsn(url, max_size=20, timeout=5))`.

    `min_size` connections are kept ready, and up to `max_size` made at need. `timeout`: the seconds
    that a call waits for one that is free. `statement_timeout`: those after which the server gives
    a statement up; behind a pooler that takes no options, set it for the role instead.
    """

    text: str = field(repr=False)
    min_size: int = 1
    max_size: int = 10
    timeout: float = 30.0
    statement_timeout: float | None = None

    def settings(self) -> dict[str, Any]:
        """What each connection of the pool is made with."""
        if self.statement_timeout is None:
            return {"autocommit": True}
        given = conninfo_to_dict(self.text).get("options") or ""
        milliseconds = round(self.statement_timeout * 1000)
        return {
            "autocommit": True,
            "options": f"{given} -c statement_timeout={milliseconds}".strip(),
        }
