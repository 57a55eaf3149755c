"""The names of things that are shared out: builds of a projection, and shards of a build."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple, TypeAlias

from storyline.projections import ProjectionFold

Projection: TypeAlias = type[ProjectionFold[Any, Any]]

SHARDS = 8
"""Of a projection with a key. So many processes can share it; each shard costs a row per batch."""


class Build(NamedTuple):
    """The states of one version of a projection, made once from the beginning of the log."""

    type: str
    version: int
    number: int

    def __str__(self) -> str:
        return f"{self.type} v{self.version}.{self.number}"


class Shard(NamedTuple):
    build: Build
    number: int

    def __str__(self) -> str:
        return f"{self.build}/{self.number}"


class Run(NamedTuple):
    """What a process can run: its code is of this version and revision."""

    type: str
    version: int
    revision: int

    @classmethod
    def of(cls, projection: Projection) -> Run:
        return cls(projection.projection_type, projection.version, projection.revision)


def shard_count(projection: Projection) -> int:
    return SHARDS if projection.state_key else 1


@lru_cache(maxsize=1 << 16)
def shard_of(id: str, shards: int) -> int:
    """As the SQL of a read decides. Never changes: a shard knows only its own states."""
    return sha256(id.encode()).digest()[0] % shards


@dataclass(slots=True)
class Fault:
    """What a shard stands still at. `retry_at`: of the process's own clock; none: not again."""

    event_id: int
    event_type: str
    error: str
    attempts: int
    retry_at: float | None


@dataclass(slots=True)
class Lease:
    """A shard that this process runs.

    `saved`: the position of its row. `position`: how far its states in memory have got.
    `written_at`: when they were last the same, by the process's own clock.
    """

    shard: Shard
    fence: int
    saved: int
    position: int
    written_at: float
    fault: Fault | None = None

    def is_waiting(self, now: float) -> bool:
        if self.fault is None:
            return False
        return self.fault.retry_at is None or self.fault.retry_at > now
