# Made by runtime/make_sync.py; edit runtime/storyline/_async/leases.py
"""Which shards a process runs: it says that it lives, takes what is free, lets go of a surplus."""

from __future__ import annotations

import logging
from collections.abc import Collection
from time import monotonic

from storyline._sync.connections import Session
from storyline.projecting import building, leasing, parking
from storyline.projecting.memory import Memory
from storyline.projecting.parking import Order
from storyline.projecting.processes import place_of
from storyline.projecting.shards import Build, Shard, names
from storyline.projecting.sharing import fair_owners
from storyline.story import Story

log = logging.getLogger("storyline.projector")


class Leases:
    """Of one process. Every method is a few statements, none of which waits for another process."""

    def __init__(self, story: Story, session: Session, owner: str, memory: Memory) -> None:
        self._story = story
        self._session = session
        self._owner = owner
        self._memory = memory

    def begin(self) -> None:
        """Builds what this code declares and nobody has built."""
        for run, projection in self._memory.runs.items():
            with self._session.transaction(leasing.LEASE_SECONDS):
                if self._session.run(building.begin(self._story, projection)):
                    log.info("building `%s` version %s from the first event", run.type, run.version)
                self._session.run(building.add_shards(self._story, run))

    def renew(self) -> None:
        """What was lost meanwhile is forgotten."""
        self._session.run(leasing.announce(self._story, self._owner, self._memory.runs))
        rows = self._session.fetch(leasing.renew(self._story, self._owner))
        lost = self._memory.renew(leasing.renewed(rows))
        if lost:
            log.warning("lost %s: it is another's by now, or was moved", names(lost))
            self._memory.forget(lost)
        if news := self._memory.news(monotonic()):
            self._session.run(leasing.tell(self._story, self._owner, news))

    def surplus(self) -> list[Shard]:
        """Takes what is due and free; returns what is another's now, to be released."""
        rows = self._session.fetch(leasing.shares(self._story, self._memory.types))
        shares = [leasing.share(row) for row in rows]
        self._memory.learn(shares)
        self._drop_all_but({share.shard.build for share in shares})
        living = leasing.living(self._session.fetch(leasing.projectors(self._story)))
        owners = {share.shard: share.owner for share in shares if share.owner}
        plan = fair_owners(leasing.eligible(shares, living), owners)
        due = {shard for shard, owner in plan.items() if owner == self._owner}
        free = [shard for shard in due if owners.get(shard, self._owner) == self._owner]
        self._claim([shard for shard in free if shard not in self._memory.leases])
        return [shard for shard in self._memory.leases if shard not in due]

    def release(self, shards: list[Shard]) -> None:
        """They have been written."""
        if shards:
            self._session.run(leasing.release(self._story, self._owner, shards))
            self._memory.forget(shards)
            log.info("released %s", names(shards))

    def leave(self) -> None:
        self._session.run(leasing.leave(self._story, self._owner))

    def tidy(self) -> None:
        """Switches to builds that have caught up, and clears old ones away, a piece at a time."""
        for build in {shard.build for shard in self._memory.leases}:
            if self._session.fetch(building.switch(self._story, build)):
                log.info("`%s` version %s is built: readers see it", build.type, build.version)
                self._session.run(building.retire_saved(self._story, build))
        types = self._memory.types
        self._session.run(building.retire_versions(self._story, types, building.GRACE_SECONDS))
        for row in self._session.fetch(building.retired(self._story, types)):
            build = Build(*row)
            self._drop_all_but(self._memory.builds.keys() - {build})
            for statement in building.clear(self._story, build):
                self._session.run(statement)

    def _drop_all_but(self, builds: Collection[Build]) -> None:
        """A build that is retired needs nobody who writes it."""
        self._memory.forget([shard for shard in self._memory.leases if shard.build not in builds])

    def orders(self) -> list[Order]:
        """Of parked events, whoever holds them."""
        rows = self._session.fetch(parking.orders(self._story, self._memory.types))
        return [parking.order(row) for row in rows]

    def _claim(self, shards: list[Shard]) -> None:
        if not shards:
            return
        rows = self._session.fetch(leasing.claim(self._story, self._owner, shards))
        leases = [leasing.claimed(row, monotonic()) for row in rows]
        self._memory.leases.update({lease.shard: lease for lease in leases})
        if leases:
            self._learn_what_is_parked({lease.shard for lease in leases})
            log.info("took over %s", names([lease.shard for lease in leases]))
        for former in sorted({lease.former for lease in leases if lease.former}):
            orphans = [lease for lease in leases if lease.former == former]
            place, last = place_of(former), min(lease.position for lease in orphans)
            held = names([lease.shard for lease in orphans])
            log.warning("%s went silent after event %s: took over %s", place, last, held)

    def _learn_what_is_parked(self, shards: set[Shard]) -> None:
        builds = {shard.build for shard in shards}
        for row in self._session.fetch(parking.parked(self._story, builds)):
            build, id = parking.parked_state(row)
            shard = self._memory.reading_of(build).shard(id)
            if shard in shards:
                self._memory.states.parked[build, id] = shard
