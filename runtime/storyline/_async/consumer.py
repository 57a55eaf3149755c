"""Reads the log for one subscription, on one connection, and commits how far its caller has got."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from time import monotonic
from typing import Any

from storyline._async.batches import AsyncBatches, LeaseLostError
from storyline._async.connections import AsyncSession
from storyline._async.leases import AsyncLeases
from storyline._async.rest import AsyncRest
from storyline.events import Recorded
from storyline.projecting import batches, leasing, pace, subscribing
from storyline.projecting.memory import Memory
from storyline.projecting.shards import Lease, Projection
from storyline.projecting.subscribing import Piece
from storyline.rows import OnUnreadable, Row
from storyline.story import Story

log = logging.getLogger("storyline.subscription")


class AsyncConsumer:
    """Of one process. What it has read is forgotten with its connection, or with a lease."""

    def __init__(
        self,
        story: Story,
        session: AsyncSession,
        owner: str,
        subscription: Projection,
        on_unreadable: OnUnreadable | None,
    ) -> None:
        self._story = story
        self._session = session
        self._subscription = subscription
        self._on_unreadable = on_unreadable
        self._memory = Memory([subscription])
        self._leases = AsyncLeases(story, session, owner, self._memory)
        self._batches = AsyncBatches(story, session, owner, self._memory)
        self._rest = AsyncRest(story, session)
        self._next_tick = 0.0
        self._head: int | None = None
        self._is_idle = True

    async def begin(self, after_id: int | None) -> None:
        await self._rest.begin()
        async with self._session.transaction(leasing.LEASE_SECONDS):
            for statement in subscribing.begin(self._story, self._subscription, after_id):
                await self._session.run(statement)
        known = subscribing.known_revision(self._story, self._subscription)
        subscribing.require_known_key(self._subscription, await self._session.fetch(known))

    async def due(
        self, most: int, is_stopping: Callable[[], bool]
    ) -> AsyncGenerator[Sequence[Recorded[Any]]]:
        """What is new, the oldest first, `most` events at a time; then it wants to be called again.

        Where there is nothing, it waits a little.
        """
        try:
            if monotonic() >= self._next_tick:
                await self._tick()
                self._rest.look_up()
            for piece in () if self._rest.is_asleep else await self._next(most):
                if is_stopping() or not await self._may_hand_out(piece):
                    break
                yield piece.events
                piece.is_done()
            await self._settle(is_stopping())
        except LeaseLostError:
            log.warning("another process has taken over: what is in work here comes again there")
            self._memory.forget(list(self._memory.leases))
            self._next_tick = 0.0

    async def leave(self) -> None:
        """Others may go on at once."""
        await self._leases.release(list(self._memory.leases))
        await self._leases.leave()
        await self._rest.end()

    async def _next(self, most: int) -> Sequence[Piece]:
        """Of those shards that are furthest behind, up to where the next ones stand."""
        self._head, self._is_idle = None, True
        groups = self._memory.groups(monotonic())
        if not groups:
            return ()
        *ahead, group = groups
        end = ahead[-1][0].position if ahead else await self._looked_up()
        up_to_id = subscribing.end_of_read(group[0].position, end, most)
        rows = await self._read(group, up_to_id)
        events, up_to_id = subscribing.readable(self._story, rows, up_to_id, self._on_unreadable)
        if events or ahead or up_to_id < end:
            self._is_idle = False
            self._rest.is_over()
        return subscribing.pieces(group, events, up_to_id, most)

    async def _looked_up(self) -> int:
        ((id,),) = await self._session.fetch(batches.head(self._story))
        self._head = id
        return int(id)

    async def _read(self, group: Sequence[Lease], up_to_id: int) -> Sequence[Row]:
        after_id = group[0].position
        if after_id >= up_to_id:
            return ()
        readings = self._memory.readings(group)
        statement, _ = batches.next_events(self._story, readings, after_id, up_to_id)
        return await self._session.fetch(statement)

    async def _may_hand_out(self, piece: Piece) -> bool:
        """Commits how far the caller is. This is on disk only after all that was read before."""
        if monotonic() >= self._next_tick:
            await self._tick()
        if any(self._memory.leases.get(lease.shard) is not lease for lease in piece.group):
            return False
        await self._commit(piece.group)
        return True

    async def _settle(self, is_stopping: bool) -> None:
        """Before a wait, and now and then, as most events may be none of this subscription."""
        now = monotonic()
        moved = [each for each in self._memory.leases.values() if each.position != each.saved]
        is_due = any(now - each.written_at > pace.TICK_SECONDS for each in moved)
        if moved and (self._is_idle or is_stopping or is_due):
            await self._commit(moved)
        if self._is_idle and not is_stopping:
            await self._rest.go_on(self._head, self._next_tick)

    async def _commit(self, leases: Sequence[Lease]) -> None:
        await self._batches.flush(leases, subscribing.durable())

    async def _tick(self) -> None:
        await self._leases.renew()
        surplus = await self._leases.surplus()
        if surplus:
            await self._commit([self._memory.leases[shard] for shard in surplus])
            await self._leases.release(surplus)
        self._next_tick = monotonic() + pace.TICK_SECONDS
