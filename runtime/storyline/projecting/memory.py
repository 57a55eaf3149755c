"""What a projector knows between its statements: its leases, and the states of their shards."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from storyline.poison import next_delay
from storyline.projecting.folding import Failures, Reading
from storyline.projecting.leasing import Share
from storyline.projecting.pace import is_flush_due
from storyline.projecting.shards import Build, Fault, Lease, Projection, Run, Shard
from storyline.projecting.states import Parked, States


class Running(NamedTuple):
    """A build, and the code that runs it. `shards`: how many it has."""

    projection: Projection
    shards: int


def runs(projections: Iterable[Projection]) -> dict[Run, Projection]:
    """Raises `ValueError` where two classes are one projection."""
    found: dict[Run, Projection] = {}
    for projection in projections:
        known = found.setdefault(Run.of(projection), projection)
        if known is not projection:
            raise ValueError(
                f"{known.__qualname__} and {projection.__qualname__} are one projection,"
                f" `{projection.projection_type}`: run one of them."
            )
    return found


class Memory:
    """Nothing here is true any more once a lease is lost, or the connection that read it."""

    def __init__(self, projections: Iterable[Projection]) -> None:
        self.runs = runs(projections)
        self.types = sorted({run.type for run in self.runs})
        self.builds: dict[Build, Running] = {}
        self.leases: dict[Shard, Lease] = {}
        self.states = States()
        self.parked: list[Parked] = []
        """To be written with the next flush of their shards."""

    def learn(self, shares: Iterable[Share]) -> None:
        for share in shares:
            if share.run in self.runs:
                self.builds[share.shard.build] = Running(self.runs[share.run], share.shards)

    def groups(self, now: float) -> list[list[Lease]]:
        """Leases that read the same events next; those that are furthest come first."""
        by_position: dict[int, list[Lease]] = {}
        for lease in self.leases.values():
            if not lease.is_waiting(now):
                by_position.setdefault(lease.position, []).append(lease)
        return [by_position[position] for position in sorted(by_position, reverse=True)]

    def readings(self, group: Iterable[Lease]) -> list[Reading]:
        held: dict[Build, set[int]] = {}
        for lease in group:
            held.setdefault(lease.shard.build, set()).add(lease.shard.number)
        return [self._reading(build, numbers) for build, numbers in held.items()]

    def is_trying_again(self) -> bool:
        """Some fault is only for a while."""
        return any(each.fault and each.fault.retry_at for each in self.leases.values())

    def reading_of(self, build: Build) -> Reading:
        """Of all its shards, whoever holds them."""
        return self._reading(build, range(self.builds[build].shards))

    def advance(
        self, group: Iterable[Lease], up_to_id: int, failures: Failures, now: float
    ) -> list[Fault]:
        """After a batch. The faults are new: somebody should hear of them."""
        self.parked += failures.parked
        faults: list[Fault] = []
        for lease in group:
            fault = failures.stopped.get(lease.shard)
            lease.position = up_to_id if fault is None else fault.event_id - 1
            if fault is not None:
                faults.append(self._again(lease, fault, now))
            lease.fault = fault
        return faults

    def renew(self, renewed: Mapping[tuple[Shard, int], int | None]) -> list[Shard]:
        """The shards that are lost. One that was told to go on stands still no more."""
        for lease in self.leases.values():
            if lease.fault and renewed.get((lease.shard, lease.fence), 0) is None:
                lease.fault = None
        return [
            lease.shard
            for lease in self.leases.values()
            if (lease.shard, lease.fence) not in renewed
        ]

    def news(self, now: float) -> list[Lease]:
        """Leases of which there is something to tell to whoever watches."""
        return [lease for lease in self.leases.values() if lease.has_news(now)]

    def rewind(self, leases: Iterable[Lease]) -> None:
        """To what is written. The leases stay, and what is known to be parked in the database."""
        for lease in leases:
            unwritten = {(each.shard.build, each.id) for each in self.parked_in([lease.shard])}
            parked = self.states.parked_in(lease.shard) - unwritten
            self.forget([lease.shard])
            self.states.parked.update(dict.fromkeys(parked, lease.shard))
            self.leases[lease.shard] = lease
            lease.position, lease.fault = lease.saved, None

    def forget(self, shards: Collection[Shard]) -> None:
        self.states.forget(shards)
        self.parked = [each for each in self.parked if each.shard not in shards]
        for shard in shards:
            self.leases.pop(shard, None)

    def parked_in(self, shards: Collection[Shard]) -> list[Parked]:
        return [each for each in self.parked if each.shard in shards]

    def is_flush_due(self, group: Collection[Lease], now: float) -> bool:
        """For a group that is behind: one that is live is written after each batch."""
        dirty = self.states.dirty_count(lease.shard for lease in group)
        return is_flush_due(dirty, now - min(lease.written_at for lease in group))

    def written(self, leases: Iterable[Lease], now: float) -> None:
        moved = list(leases)
        shards = {lease.shard for lease in moved}
        self.states.written(shards)
        self.parked = [each for each in self.parked if each.shard not in shards]
        for lease in moved:
            lease.saved, lease.written_at = lease.position, now

    def _reading(self, build: Build, numbers: Collection[int]) -> Reading:
        projection, shards = self.builds[build]
        return Reading(build, projection, shards, frozenset(numbers), self.states.of(build))

    def _again(self, lease: Lease, fault: Fault, now: float) -> Fault:
        before = lease.fault
        if before is not None and before.event_id == fault.event_id:
            fault.attempts += before.attempts
        policy = self.builds[lease.shard.build].projection.on_error
        delay = next_delay(policy, fault.attempts)
        fault.retry_at = None if delay is None else now + delay
        return fault
