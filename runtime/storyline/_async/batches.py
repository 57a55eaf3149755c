"""Reads the log for the shards of one process, and writes their states and positions together."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from time import monotonic

from psycopg import Rollback

from storyline._async.connections import AsyncSession
from storyline.errors import UnwritableError
from storyline.events import read_json
from storyline.folds import Seen
from storyline.projecting import batches, folding, leasing, pace, parking
from storyline.projecting.folding import Failures, Reading, Touch
from storyline.projecting.memory import Memory
from storyline.projecting.parking import Order
from storyline.projecting.shards import Lease
from storyline.projecting.states import Held, Parked, StateKey
from storyline.questions import Slice
from storyline.rows import Row, collector_paused
from storyline.statements import Statement, event_stream
from storyline.story import Story
from storyline.surroundings import UNWRITABLE, unwritable

log = logging.getLogger("storyline.projector")


class LeaseLostError(Exception):
    """Another process has taken a shard over. Nothing was written."""


class AsyncBatches:
    """Of one process, on one connection."""

    def __init__(self, story: Story, session: AsyncSession, owner: str, memory: Memory) -> None:
        self._story = story
        self._session = session
        self._owner = owner
        self._memory = memory
        self._span = pace.FIRST
        self._careful_up_to = 0
        self.head = 0
        """How far the log had got at the last look."""

    def be_careful(self) -> None:
        """Some state cannot be written: what is not written yet is folded again, step by step.

        In half as many at once, each time: what the database does not take is found so.
        """
        leases = list(self._memory.leases.values())
        unwritten = max(lease.position - lease.saved for lease in leases)
        self._span = max(1, min(self._span, unwritten) // 2)
        self._go_back(leases, max(lease.position for lease in leases))

    def be_wary(self) -> None:
        """After one that went silent: perhaps of an event that ends its process, or never does.

        In steps that grow from one event, each of them written: if this one goes silent as well, it
        shows where. The nearer the event, the fewer it takes until it is the next.
        """
        orphans = [lease for lease in self._memory.leases.values() if lease.former]
        for lease in orphans:
            self._span = 1
            self._careful_up_to = max(self._careful_up_to, lease.position + pace.MOST_ROWS)
            lease.former = None

    async def advance(self) -> bool:
        """One batch for each group of shards. False: there was nothing new.

        A group reads up to where the one before it stands, so that they go on as one from there.
        """
        ((end,),) = await self._session.fetch(batches.head(self._story))
        self.head = end
        moved = False
        for group in self._memory.groups(monotonic()):
            if group[0].position < end:
                with collector_paused():  # what a batch makes are states, and they stay
                    await self._batch(group, end)
                moved = True
            end = max(lease.position for lease in group)
        return moved

    async def flush(self, leases: Sequence[Lease], *also: Statement) -> None:
        """States and positions in one transaction: all of it, or, without the lease, nothing.

        Raises `UnwritableError` where the database does not take a state.
        """
        shards = {lease.shard for lease in leases}
        states = self._memory.states.dirty(shards)
        parked = self._memory.parked_in(shards)
        async with self._session.transaction(leasing.LEASE_SECONDS):
            await self._move(leases)
            if states:
                await self._write(states)
            if parked:
                await self._session.run(batches.park(self._story, parked))
            for statement in also:
                await self._session.run(statement)
        self._memory.written(leases, monotonic())

    async def flush_all(self) -> None:
        leases = list(self._memory.leases.values())
        if leases:
            await self.flush(leases)

    async def obey(self, order: Order) -> None:
        """Folds a parked state up to where its shard stands, with the event or without it."""
        build, id = order.key
        if build not in self._memory.builds:
            return
        reading = self._memory.reading_of(build)
        lease = self._memory.leases.get(reading.shard(id))
        if lease is not None and order.key in self._memory.states.parked:
            await self.flush([lease])
            failed = await self._catch_up(order, reading, lease)
            await self.flush([lease], *parking.outcome(self._story, order, failed))
            self._tell([], [failed] if failed else [])

    async def _catch_up(self, order: Order, reading: Reading, lease: Lease) -> Parked | None:
        """Returns what is in the way; a state that cannot even be begun has nothing to catch up."""
        states, id = self._memory.states, order.key[1]
        saved = await self._saved([] if id in reading.states else [order.key])
        try:
            held = reading.states.get(id) or folding.hold(reading, id, saved)
            query = reading.projection.query_of(id)
        except Exception as error:  # code of the user may raise anything
            if order.wanted == "skip":
                del states.parked[order.key]
                return None
            return Parked(lease.shard, id, order.event_id, "", folding.reason(error))
        if order.wanted == "skip":
            states.skip(held, order.event_id)
        part = Slice(Seen(held.latest_event_id), up_to_id=lease.position)
        rows = await self._session.fetch(event_stream(self._story, query, part))
        return await self._fold_again(reading, held, rows)

    async def _fold_again(self, reading: Reading, held: Held, rows: Sequence[Row]) -> Parked | None:
        """What the database does not take is found by halves."""
        states, key = self._memory.states, (reading.build, held.id)
        before, saved_id = folding.state_text(held.fold, held.state), held.latest_event_id
        was_dirty, states.parked[key] = held.is_dirty, held.shard
        failed = folding.fold_again(self._story, reading, held, rows, states)
        refusal = await self._refusal(held) if rows else None
        if refusal is None:
            return failed
        held.state, held.latest_event_id = read_json(held.fold.typed_state_class, before), saved_id
        if not was_dirty:
            states.unchanged(held)
        if len(rows) == 1:
            states.parked[key] = held.shard
            return Parked(held.shard, held.id, rows[0][0], rows[0][1], folding.reason(refusal))
        middle = len(rows) // 2
        return await self._fold_again(reading, held, rows[:middle]) or await self._fold_again(
            reading, held, rows[middle:]
        )

    async def _batch(self, group: list[Lease], end: int) -> None:
        began = monotonic()
        after_id = group[0].position
        up_to_id = min(end, after_id + self._span)
        readings = self._memory.readings(group)
        statement, places = batches.next_events(self._story, readings, after_id, up_to_id)
        is_careful = after_id < self._careful_up_to
        step = folding.careful_step if is_careful else folding.plain_step
        failures, found = Failures(), 0
        async for rows in self._session.pieces(statement, pace.PIECE):
            touched = folding.touches(rows, places)
            saved = await self._saved(folding.missing(touched))
            folding.fold(self._story, touched, saved, self._memory.states, failures, step=step)
            if is_careful and up_to_id == after_id + 1:
                await self._weed_out(touched, failures)
            found += len(rows)
            if found == pace.MOST_ROWS:
                up_to_id = rows[-1][0]
        if failures and not is_careful:
            self._memory.parked += failures.parked
            self._go_back(group, up_to_id)
            return
        faults = self._memory.advance(group, up_to_id, failures, monotonic())
        self._tell(group, failures.parked)
        if up_to_id < end:
            self._span = pace.next_span(self._span, found, monotonic() - began)
        is_due = self._memory.is_flush_due(group, monotonic())
        if up_to_id == end or faults or is_careful or is_due:
            await self.flush(group)

    async def _weed_out(self, touched: Sequence[Touch], failures: Failures) -> None:
        """Of the states after one event, those that the database does not take."""
        states = self._memory.states
        for row, reading, id in touched:
            held = reading.states.get(id)
            if held is None or not held.is_dirty:
                continue
            if refusal := await self._refusal(held):
                folding.failed((row, reading, id), refusal, states, failures)
                states.unchanged(held)
                del reading.states[id]

    async def _refusal(self, held: Held) -> UnwritableError | None:
        """Writes a state, to see whether that can be, and takes it back."""
        try:
            async with self._session.transaction(leasing.LEASE_SECONDS):
                await self._write([held])
                raise Rollback
        except UnwritableError as error:
            return error
        return None

    async def _write(self, states: Sequence[Held]) -> None:
        try:
            await self._session.run(batches.write_states(self._story, states))
        except UNWRITABLE as error:
            raise unwritable((each.shard.build.type for each in states), error) from error

    def _go_back(self, leases: Sequence[Lease], careful_up_to: int) -> None:
        """To what is written: a fold that failed may have left its mark on what is in memory."""
        self._careful_up_to = max(self._careful_up_to, careful_up_to)
        self._memory.rewind(leases)

    async def _saved(self, keys: Sequence[StateKey]) -> dict[StateKey, Row]:
        if not keys:
            return {}
        rows = await self._session.fetch(batches.states(self._story, keys))
        return dict(map(batches.saved_state, rows))

    async def _move(self, leases: Sequence[Lease]) -> None:
        moved = await self._session.fetch(batches.move(self._story, self._owner, leases))
        if len(moved) < len(leases):
            raise LeaseLostError

    def _tell(self, group: list[Lease], parked: Sequence[Parked]) -> None:
        """Without the message: it may hold what is in the event."""
        for lease in group:
            if lease.fault:
                log.error("%s stands still before event %s", lease.shard, lease.fault.event_id)
        for each in parked:
            log.error("parked event %s of a state in %s", each.event_id, each.shard)
