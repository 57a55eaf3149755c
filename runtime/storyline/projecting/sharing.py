"""Who should run which shard: the same answer in every process that sees the same rows.

So nobody has to coordinate: each process takes what is free and its own by this plan, and lets go
of what is another's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from storyline.projecting.shards import Build, Shard


def fair_owners(
    eligible: Mapping[Shard, Collection[str]], owners: Mapping[Shard, str]
) -> dict[Shard, str]:
    """Even shares of each build, then of all; nothing moves that need not.

    `eligible`: the living processes that can run a shard. Without any, it has no owner.
    """
    plan = _Plan(eligible)
    for shard, owner in sorted(owners.items()):
        if owner in eligible.get(shard, ()):
            plan.give(shard, owner)
    for shard in sorted(eligible):
        if shard not in plan.owners and eligible[shard]:
            plan.give(shard, plan.least_busy(shard))
    while plan.improves_a_build() or plan.improves_the_whole():
        pass
    return plan.owners


class _Plan:
    def __init__(self, eligible: Mapping[Shard, Collection[str]]) -> None:
        self.owners: dict[Shard, str] = {}
        self._eligible = eligible
        self._of_build = Counter[tuple[Build, str]]()
        self._in_all = Counter[str]()

    def give(self, shard: Shard, owner: str) -> None:
        before = self.owners.get(shard)
        if before is not None:
            self._count(shard, before, -1)
        self.owners[shard] = owner
        self._count(shard, owner, 1)

    def least_busy(self, shard: Shard) -> str:
        return min(
            sorted(self._eligible[shard]),
            key=lambda owner: (self._of_build[shard.build, owner], self._in_all[owner]),
        )

    def improves_a_build(self) -> bool:
        for shard, owner in self.owners.items():
            other = self.least_busy(shard)
            if self._surplus(shard, owner, other) > 1:
                self.give(shard, other)
                return True
        return False

    def improves_the_whole(self) -> bool:
        """Without making any build less even."""
        for shard, owner in self.owners.items():
            for other in sorted(self._eligible[shard]):
                is_busier = self._in_all[owner] - self._in_all[other] > 1
                if is_busier and self._surplus(shard, owner, other) > 0:
                    self.give(shard, other)
                    return True
        return False

    def _surplus(self, shard: Shard, owner: str, other: str) -> int:
        return self._of_build[shard.build, owner] - self._of_build[shard.build, other]

    def _count(self, shard: Shard, owner: str, by: int) -> None:
        self._of_build[shard.build, owner] += by
        self._in_all[owner] += by
