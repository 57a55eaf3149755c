"""The states that a process holds in memory, and which of them are to be written. No SQL."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple, TypeAlias

from storyline.events import State
from storyline.projecting.pace import MOST_STATES
from storyline.projecting.shards import Build, Shard
from storyline.projections import ProjectionFold

StateKey: TypeAlias = tuple[Build, str]


@dataclass(slots=True)
class Held:
    """A state, with the fold of its key."""

    shard: Shard
    id: str
    fold: ProjectionFold[Any, Any]
    state: State
    latest_event_id: int
    is_dirty: bool = False


class Parked(NamedTuple):
    """A state stands still before this event."""

    shard: Shard
    id: str
    event_id: int
    event_type: str
    error: str
    attempts: int = 1


class States:
    """Valid while the leases of their shards hold. Those written last stay; dirty ones stay."""

    def __init__(self) -> None:
        self._held: dict[Build, dict[str, Held]] = {}
        self._dirty: dict[Shard, list[Held]] = {}
        self.parked: dict[StateKey, Shard] = {}

    def of(self, build: Build) -> dict[str, Held]:
        """By id; whoever keeps it sees what is held later."""
        return self._held.setdefault(build, {})

    def parked_in(self, shard: Shard) -> set[StateKey]:
        return {key for key, parked_in in self.parked.items() if parked_in == shard}

    def changed(self, held: Held) -> None:
        if not held.is_dirty:
            held.is_dirty = True
            self._dirty.setdefault(held.shard, []).append(held)

    def unchanged(self, held: Held) -> None:
        """What would have been written is not."""
        held.is_dirty = False
        dirty = self._dirty.get(held.shard, [])
        self._dirty[held.shard] = [each for each in dirty if each is not held]

    def skip(self, held: Held, event_id: int) -> None:
        """Whoever reads on from the state does not meet the event."""
        held.latest_event_id = max(held.latest_event_id, event_id)
        self.changed(held)

    def dirty(self, shards: Iterable[Shard]) -> list[Held]:
        return [held for shard in shards for held in self._dirty.get(shard, ())]

    def dirty_count(self, shards: Iterable[Shard]) -> int:
        return sum(len(self._dirty.get(shard, ())) for shard in shards)

    def written(self, shards: Iterable[Shard]) -> None:
        """What was dirty in these shards is clean; the oldest clean ones may go."""
        for shard in shards:
            for held in self._dirty.pop(shard, ()):
                held.is_dirty = False
                known = self._held[shard.build]
                known[held.id] = known.pop(held.id)
        if not self._dirty:
            for known in self._held.values():
                _keep_newest(known, MOST_STATES // len(self._held))

    def forget(self, shards: Collection[Shard]) -> None:
        """Their leases are gone, so what is held of them may be outdated."""
        for shard in shards:
            self._dirty.pop(shard, None)
        for known in self._held.values():
            for id in [id for id, held in known.items() if held.shard in shards]:
                del known[id]
        self._held = {build: known for build, known in self._held.items() if known}
        for key in [key for key, shard in self.parked.items() if shard in shards]:
            del self.parked[key]


def _keep_newest(known: dict[str, Held], most: int) -> None:
    for id in list(islice(known, max(0, len(known) - most))):
        del known[id]
