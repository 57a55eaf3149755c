"""The smallest client of the append protocol, so that its SQL is tested without the runtime."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import psycopg

Item = Mapping[str, Any]
Condition = tuple[str, str | None, str]


class Answer(NamedTuple):
    last_id: int | None
    recorded_at: datetime | None
    checked_id: int | None = None
    conflicts: Sequence[Mapping[str, Any]] | None = None


def event(type: str = "ITEM_ADDED", **data: Any) -> Item:
    return {"type": type, "version": 1, "data": data}


def batch(*events: Item, **metadata: Any) -> tuple[str, str, str, str]:
    """The first parameters of `append` and `append_in_transaction`."""
    types = "\n".join(event["type"] for event in events)
    versions = "\n".join(str(event["version"]) for event in events)
    data = "\n".join(json.dumps(event["data"]) for event in events)
    return types, versions, data, json.dumps(metadata)


def matching(*types: str, path: str | None = None, **variables: Any) -> Condition:
    return "\n".join(types), path, json.dumps(variables)


@dataclass(frozen=True)
class Log:
    connection: psycopg.Connection[tuple[Any, ...]]

    def append(
        self,
        *events: Item,
        unless: Condition | None = None,
        after_id: int = 0,
        after_at: datetime | None = None,
    ) -> Answer:
        row = self.connection.execute(
            "call shop.append(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            (*batch(*events), *(unless or (None, None, None)), after_id, after_at),
        ).fetchone()
        assert row is not None
        last_id, recorded_at, refusal = row
        return Answer(last_id, recorded_at, **json.loads(refusal or "{}"))

    def ids(self) -> list[int]:
        return [id for (id,) in self.rows("select id from shop.events order by id")]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query.encode()).fetchall()
