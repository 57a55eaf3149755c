"""The names of things that are shared out: builds of a projection, and shards of a build."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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


def names(shards: Iterable[Shard]) -> str:
    """`list v1.1 (0-2, 5), overview v1.1 (0)`."""
    numbers: dict[Build, list[int]] = {}
    for shard in sorted(shards):
        numbers.setdefault(shard.build, []).append(shard.number)
    return ", ".join(f"{build} ({_ranges(held)})" for build, held in numbers.items())


def _ranges(numbers: Sequence[int]) -> str:
    """Of sorted numbers."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and ranges[-1][-1] == number - 1:
            ranges[-1].append(number)
        else:
            ranges.append([number])
    return ", ".join(f"{row[0]}-{row[-1]}" if len(row) > 1 else str(row[0]) for row in ranges)


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
    `written_at`: when they were last the same, by the process's own clock. `told`: where it was
    when its pace was last looked at; `rate`: events of the log a second, before that.
    `former`: who had it before, and went silent.
    """

    shard: Shard
    fence: int
    saved: int
    position: int
    written_at: float
    told: int
    told_at: float
    rate: float = 0.0
    fault: Fault | None = None
    former: str | None = None

    def has_news(self, now: float) -> bool:
        """Looks at the pace; false: it stands where it stood, as it did the time before."""
        before = self.rate
        self.rate = max(self.position - self.told, 0) / max(now - self.told_at, 0.001)
        has_moved = self.position != self.told
        self.told, self.told_at = self.position, now
        return has_moved or before > 0

    def is_waiting(self, now: float) -> bool:
        if self.fault is None:
            return False
        return self.fault.retry_at is None or self.fault.retry_at > now
