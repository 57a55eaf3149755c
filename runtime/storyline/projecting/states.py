"""The states that a process holds in memory, and which of them are to be written. No SQL."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
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
    """Valid while the leases of their shards hold. Those used last stay; dirty ones stay."""

    def __init__(self) -> None:
        self._held = OrderedDict[StateKey, Held]()
        self._dirty: dict[Shard, list[Held]] = {}
        self.parked: dict[StateKey, Shard] = {}

    def get(self, key: StateKey) -> Held | None:
        return self._held.get(key)

    def hold(self, held: Held) -> Held:
        self._held[held.shard.build, held.id] = held
        return held

    def missing(self, keys: Iterable[StateKey]) -> list[StateKey]:
        """Those that have to be read; the others count as just used."""
        absent: list[StateKey] = []
        for key in keys:
            if key in self._held:
                self._held.move_to_end(key)
            else:
                absent.append(key)
        return absent

    def parked_in(self, shard: Shard) -> set[StateKey]:
        return {key for key, parked_in in self.parked.items() if parked_in == shard}

    def changed(self, held: Held) -> None:
        if not held.is_dirty:
            held.is_dirty = True
            self._dirty.setdefault(held.shard, []).append(held)

    def skip(self, held: Held, event_id: int) -> None:
        """Whoever reads on from the state does not meet the event."""
        held.latest_event_id = max(held.latest_event_id, event_id)
        self.changed(held)

    def dirty(self, shards: Iterable[Shard]) -> list[Held]:
        return [held for shard in shards for held in self._dirty.get(shard, ())]

    def written(self, shards: Iterable[Shard]) -> None:
        """What was dirty in these shards is clean; the oldest clean ones may go."""
        for shard in shards:
            for held in self._dirty.pop(shard, ()):
                held.is_dirty = False
        if len(self._held) > MOST_STATES and not self._dirty:
            for _ in range(len(self._held) - MOST_STATES):
                self._held.popitem(last=False)

    def forget(self, shards: Collection[Shard]) -> None:
        """Their leases are gone, so what is held of them may be outdated."""
        for shard in shards:
            self._dirty.pop(shard, None)
        for key in [key for key, held in self._held.items() if held.shard in shards]:
            del self._held[key]
        for key in [key for key, shard in self.parked.items() if shard in shards]:
            del self.parked[key]
