# Made by runtime/make_sync.py; edit runtime/storyline/_async/projector.py
"""Keeps states up to date, on one process or many: the loop around the batches."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from contextlib import suppress
from time import monotonic

from psycopg import Error

from storyline._sync.batches import Batches, LeaseLostError
from storyline._sync.client import EventClient
from storyline._sync.connections import Session
from storyline._sync.leases import Leases
from storyline._sync.reconnecting import Reconnecting
from storyline._sync.rest import Rest
from storyline.errors import ProjectionOnDemandError, ProjectionStoppedError, UnwritableError
from storyline.projecting import building, pace
from storyline.projecting.batches import head
from storyline.projecting.memory import Memory, runs
from storyline.projecting.processes import new_owner
from storyline.projecting.shards import Projection
from storyline.story import Story

log = logging.getLogger("storyline.projector")


class Projector:
    """Runs projections: each event is folded into the states it touches, once, in order.

    Any number of processes may run the same projections: they share the work, and take over from
    each other. Holds one connection of the client's. What a handler raises is answered by
    `on_error` of its class.
    """

    def __init__(self, client: EventClient, projections: Iterable[Projection]) -> None:
        self._client = client
        self._projections = tuple(runs(projections).values())
        if not self._projections:
            raise ValueError("a projector needs a projection to run")
        for projection in self._projections:
            if projection.reads is None:
                raise ProjectionOnDemandError(projection.projection_type)
        self._is_stopping = False
        self._reconnecting = Reconnecting(log)

    def stop(self) -> None:
        """Lets `run` end after the batch that it is at. May be called by any thread or signal.

        For good: to run again, make another projector.
        """
        self._is_stopping = True

    def run(self) -> None:
        """Until `stop()`. Goes on after a restart of the server; raises if it is never reached."""
        self._run(None)

    def run_until_caught_up(self) -> None:
        """Until what was appended before this call is in the states, and readers see them.

        Raises `ProjectionStoppedError` where an event is in the way. Returns without having caught
        up after `stop()`.
        """
        ((target,),) = self._client.log.fetch(head(self._client.story))
        self._run(target)

    def _run(self, target: int | None) -> None:
        owner = new_owner()  # each call is a process of its own, also after a fork
        while not self._is_stopping:
            with self._reconnecting, self._client.log.session() as session:
                self._reconnecting.over()
                self._work(session, owner, target)
                return

    def _work(self, session: Session, owner: str, target: int | None) -> None:
        """What is in memory is written when all went well, and dropped when anything did not."""
        work = Work(self._client.story, session, owner, self._projections)
        try:
            work.begin()
            while not self._is_stopping and not work.is_done(target):
                work.step()
            work.finish()
        finally:
            with suppress(Error):
                work.leave()


class Work:
    """Of one process, as long as its connection lives."""

    def __init__(
        self,
        story: Story,
        session: Session,
        owner: str,
        projections: Iterable[Projection],
    ) -> None:
        self._story = story
        self._session = session
        self._memory = Memory(projections)
        self._leases = Leases(story, session, owner, self._memory)
        self._batches = Batches(story, session, owner, self._memory)
        self._rest = Rest(story, session)
        self._next_tick = 0.0
        self._between_ticks = 0.0

    def begin(self) -> None:
        self._rest.begin()
        self._leases.begin()

    def step(self) -> None:
        """A batch, if there is anything new; else it waits a little."""
        try:
            if monotonic() >= self._next_tick:
                self._tick()
                self._rest.look_up()
            if not self._rest.is_asleep and self._batches.advance():
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
        self._rest.go_on(last_id, self._next_tick)

    def is_done(self, target: int | None) -> bool:
        """Asked only where there was nothing new. Raises `ProjectionStoppedError`."""
        if target is None or not self._rest.is_going_on:
            return False
        self._leases.tidy()
        statement = building.unfinished(self._story, self._memory.runs, target)
        unfinished = self._session.fetch(statement)
        for projection_type, event_id, reason in unfinished:
            if event_id is not None and not self._memory.is_trying_again():
                raise ProjectionStoppedError(projection_type, event_id, reason)
        return not unfinished

    def finish(self) -> None:
        """What another process has taken over meanwhile, it folds again; and what cannot be
        written, whoever comes next.
        """
        with suppress(LeaseLostError, UnwritableError):
            self._batches.flush_all()

    def leave(self) -> None:
        """Others may go on at once."""
        self._leases.release(list(self._memory.leases))
        self._leases.leave()
        self._rest.end()

    def _tick(self) -> None:
        self._leases.renew()
        surplus = self._leases.surplus()
        self._batches.be_wary()
        if surplus:
            self._batches.flush([self._memory.leases[shard] for shard in surplus])
            self._leases.release(surplus)
        for order in self._leases.orders():
            self._batches.obey(order)
        self._leases.tidy()
        self._between_ticks = pace.next_tick(self._between_ticks)
        self._next_tick = monotonic() + self._between_ticks
