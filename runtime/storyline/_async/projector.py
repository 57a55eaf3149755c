"""Keeps states up to date, on one process or many: the loop around the batches."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from contextlib import suppress
from time import monotonic

from psycopg import Error

from storyline._async.batches import AsyncBatches, LeaseLostError
from storyline._async.client import AsyncEventClient
from storyline._async.connections import AsyncSession
from storyline._async.leases import AsyncLeases
from storyline._async.reconnecting import AsyncReconnecting
from storyline._async.rest import AsyncRest
from storyline.errors import ProjectionOnDemandError, ProjectionStoppedError, UnwritableError
from storyline.projecting import building, pace
from storyline.projecting.batches import head
from storyline.projecting.memory import Memory, runs
from storyline.projecting.processes import new_owner
from storyline.projecting.shards import Projection
from storyline.story import Story

log = logging.getLogger("storyline.projector")


class AsyncProjector:
    """Runs projections: each event is folded into the states it touches, once, in order.

    Any number of processes may run the same projections: they share the work, and take over from
    each other. Holds one connection of the client's. What a handler raises is answered by
    `on_error` of its class.
    """

    def __init__(self, client: AsyncEventClient, projections: Iterable[Projection]) -> None:
        self._client = client
        self._projections = tuple(runs(projections).values())
        if not self._projections:
            raise ValueError("a projector needs a projection to run")
        for projection in self._projections:
            if projection.reads is None:
                raise ProjectionOnDemandError(projection.projection_type)
        self._is_stopping = False
        self._reconnecting = AsyncReconnecting(log)

    def stop(self) -> None:
        """Lets `run` end after the batch that it is at. May be called by any thread or signal.

        For good: to run again, make another projector.
        """
        self._is_stopping = True

    async def run(self) -> None:
        """Until `stop()`. Goes on after a restart of the server; raises if it is never reached."""
        await self._run(None)

    async def run_until_caught_up(self) -> None:
        """Until what was appended before this call is in the states, and readers see them.

        Raises `ProjectionStoppedError` where an event is in the way. Returns without having caught
        up after `stop()`.
        """
        ((target,),) = await self._client.log.fetch(head(self._client.story))
        await self._run(target)

    async def _run(self, target: int | None) -> None:
        owner = new_owner()  # each call is a process of its own, also after a fork
        while not self._is_stopping:
            async with self._reconnecting, self._client.log.session() as session:
                self._reconnecting.over()
                await self._work(session, owner, target)
                return

    async def _work(self, session: AsyncSession, owner: str, target: int | None) -> None:
        """What is in memory is written when all went well, and dropped when anything did not."""
        work = AsyncWork(self._client.story, session, owner, self._projections)
        try:
            await work.begin()
            while not self._is_stopping and not await work.is_done(target):
                await work.step()
            await work.finish()
        finally:
            with suppress(Error):
                await work.leave()


class AsyncWork:
    """Of one process, as long as its connection lives."""

    def __init__(
        self,
        story: Story,
        session: AsyncSession,
        owner: str,
        projections: Iterable[Projection],
    ) -> None:
        self._story = story
        self._session = session
        self._memory = Memory(projections)
        self._leases = AsyncLeases(story, session, owner, self._memory)
        self._batches = AsyncBatches(story, session, owner, self._memory)
        self._rest = AsyncRest(story, session)
        self._next_tick = 0.0
        self._between_ticks = 0.0

    async def begin(self) -> None:
        await self._rest.begin()
        await self._leases.begin()

    async def step(self) -> None:
        """A batch, if there is anything new; else it waits a little."""
        try:
            if monotonic() >= self._next_tick:
                await self._tick()
                self._rest.look_up()
            if not self._rest.is_asleep and await self._batches.advance():
                self._rest.is_over()
                return
        except LeaseLostError:
            log.warning("another process has taken over: nothing was written")
            self._memory.forget(list(self._memory.leases))
            self._next_tick = 0.0
            return
        except UnwritableError as error:
            log.warning("a state of `%s` cannot be written: looking for the event", error.type)
            self._batches.be_careful()
            return
        last_id = None if self._memory.is_trying_again() else self._batches.head
        await self._rest.go_on(last_id, self._next_tick)

    async def is_done(self, target: int | None) -> bool:
        """Asked only where there was nothing new. Raises `ProjectionStoppedError`."""
        if target is None or not self._rest.is_going_on:
            return False
        await self._leases.tidy()
        statement = building.unfinished(self._story, self._memory.runs, target)
        unfinished = await self._session.fetch(statement)
        for projection_type, event_id, reason in unfinished:
            if event_id is not None and not self._memory.is_trying_again():
                raise ProjectionStoppedError(projection_type, event_id, reason)
        return not unfinished

    async def finish(self) -> None:
        """What another process has taken over meanwhile, it folds again; and what cannot be
        written, whoever comes next.
        """
        with suppress(LeaseLostError, UnwritableError):
            await self._batches.flush_all()

    async def leave(self) -> None:
        """Others may go on at once."""
        await self._leases.release(list(self._memory.leases))
        await self._leases.leave()
        await self._rest.end()

    async def _tick(self) -> None:
        await self._leases.renew()
        surplus = await self._leases.surplus()
        self._batches.be_wary()
        if surplus:
            await self._batches.flush([self._memory.leases[shard] for shard in surplus])
            await self._leases.release(surplus)
        for order in await self._leases.orders():
            await self._batches.obey(order)
        await self._leases.tidy()
        self._between_ticks = pace.next_tick(self._between_ticks)
        self._next_tick = monotonic() + self._between_ticks
