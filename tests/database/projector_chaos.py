"""Projectors and writers to which a seed does everything: killed, frozen, stopped, their server
crashed, their projections built anew.
"""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable
from contextlib import nullcontext, suppress
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, NamedTuple, Self, cast

import psycopg
from psycopg import sql

from database.busy_processes import UNANSWERED, is_stopped, stop
from database.chains import Chain, Chains, ChainsOfTexts, OneChain
from database.forked import start
from database.projector_processes import send
from storyline import Event, EventClient, Projector, Recorded
from storyline._sync import connections
from storyline.projecting import administration, batches, leasing
from storyline.projecting import pace as usual
from storyline.projecting.states import States
from storyline.statements import Statement
from storyline.testing.contract.story import SAMPLE, ItemId, ListId, Measured, added, completed

PROJECTIONS = (Chains, OneChain, ChainsOfTexts)
PROJECTORS, WRITERS = 8, 3


class Pace(NamedTuple):
    """Short leases run out more often, and slow folds are more often frozen in the middle."""

    lease: float
    tick: float
    fold: float


def project(dsn: str, pace: Pace, mistake: str | None) -> None:
    leasing.LEASE_SECONDS, usual.TICK_SECONDS = pace.lease, pace.tick
    if pace.fold:
        fold_slowly(pace.fold)
    if mistake:
        MISTAKES[mistake]()
    with EventClient(SAMPLE, dsn) as client:
        running = Projector(client, PROJECTIONS)
        signal.signal(signal.SIGTERM, lambda *_: running.stop())
        running.run()


def fold_slowly(seconds: float) -> None:
    fold = Chains.on_event

    def folded_slowly(self: Chains, state: Chain, event: Recorded[Event]) -> Chain:
        time.sleep(seconds)
        return fold(self, state, event)

    setattr(Chains, "on_event", folded_slowly)  # noqa: B010


def forget_the_fence() -> None:
    """Whoever once had a shard may write it."""
    move = batches.move

    def moved_without_fence(*arguments: Any) -> Statement:
        text, values, _ = move(*arguments)
        fence = (
            " and shard.owner = %s and shard.fence = moved.fence and shard.position = moved.saved"
        )
        changed = text.as_string(None).replace(fence, " and %s::text is not null")
        return Statement(sql.SQL(cast("Any", changed)), values)

    setattr(batches, "move", moved_without_fence)  # noqa: B010


def write_in_two_transactions() -> None:
    """First the positions, then the states."""
    write = batches.write_states

    def written_later(*arguments: Any) -> Statement:
        time.sleep(0.05)
        return write(*arguments)

    setattr(batches, "write_states", written_later)  # noqa: B010
    setattr(connections.Session, "transaction", lambda *_: nullcontext())  # noqa: B010


def remember_after_a_lost_lease() -> None:
    """States in memory are used again by whoever gets the shard back."""
    setattr(States, "forget", lambda *_: None)  # noqa: B010


MISTAKES = {
    mistake.__name__: mistake
    for mistake in (forget_the_fence, write_in_two_transactions, remember_after_a_lost_lease)
}


def write(dsn: str, seed: int, notes: Path, lists: int) -> None:
    """Some events by themselves, some in transactions that are held open or rolled back."""
    chance = random.Random(seed)
    with EventClient(SAMPLE, dsn) as client:
        while not is_stopped(notes):
            with suppress(*UNANSWERED, psycopg.OperationalError, RollBackError):
                if chance.random() < 0.8:
                    client.save_events(some_events(chance, lists))
                else:
                    append_slowly(client, chance, lists)
            time.sleep(chance.choice([0, 0.001, 0.01, 0.05]))


def append_slowly(client: EventClient, chance: random.Random, lists: int) -> None:
    with client.transaction() as transaction:
        for _ in range(chance.randrange(1, 4)):
            transaction.save_events(some_events(chance, lists))
            time.sleep(chance.choice([0, 0.01, 0.1]))
        if chance.random() < 0.5:
            raise RollBackError


class RollBackError(Exception):
    pass


def some_events(chance: random.Random, lists: int) -> list[Event]:
    return [an_event(chance, lists) for _ in range(chance.choice([1, 1, 1, 2, 10]))]


def an_event(chance: random.Random, lists: int) -> Event:
    home = ListId(f"list {chance.randrange(lists)}")
    texts = [f"text {chance.randrange(lists)}" for _ in range(chance.randrange(4))]
    return chance.choice(
        [added(ItemId("milk"), home), completed(ItemId("milk"), home), Measured(texts=texts)]
    )


def fill(dsn: str, events: int, lists: int) -> None:
    """What happened before: two thirds touch a list, the others two texts."""
    with psycopg.connect(dsn) as connection:
        connection.execute(_LOG.format(events=events, lists=lists))


_LOG = sql.SQL("""
    insert into sample.events (id, type, data)
    select n, case when n % 3 = 0 then 'MEASURED' else 'ITEM_COMPLETED' end,
        case when n % 3 = 0
            then jsonb_build_object('texts', jsonb_build_array(
                'text ' || n * 7919 % {lists}, 'text ' || n * 104729 % {lists}))
            else jsonb_build_object('list_id', 'list ' || n * 7919 % {lists}, 'item_id', 'milk')
        end
    from generate_series(1::bigint, {events}) as n;
    update sample.heads set last_id = {events};
""")


class Chaos:
    """Projectors and writers, from the beginning of a block to its end."""

    def __init__(
        self,
        dsn: str,
        notes: Path,
        *,
        seed: int,
        lists: int,
        pace: Pace,
        mistake: str | None = None,
    ) -> None:
        self._dsn, self._notes, self._pace, self._mistake = dsn, notes, pace, mistake
        self._chance = random.Random(seed)
        self._frozen: dict[BaseProcess, float] = {}
        self._projectors = [self._projector() for _ in range(PROJECTORS)]
        self._writers = [self._writer(lists) for _ in range(WRITERS)]
        self.done: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        stop(self._notes)
        for process in (*self._projectors, *self._frozen):
            process.kill()
            process.join()
        for writer in self._writers:
            writer.join()

    def be_busy(self, seconds: float, crash: Callable[[], None] | None = None) -> None:
        acts: list[Callable[[], None]] = [self._kill, self._kill, self._end]
        acts += [self._freeze, self._freeze, self._rebuild, *([crash] if crash else [])]
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(self._chance.uniform(0.02, 0.6))
            self._thaw()
            act = self._chance.choice(acts)
            act()
            self.done.append(act.__name__)

    def _kill(self) -> None:
        process = self._replaced()
        process.kill()
        process.join()

    def _end(self) -> None:
        send(self._replaced(), signal.SIGTERM)

    def _freeze(self) -> None:
        """For a moment, or until another process has taken over. Then it comes back."""
        process = self._replaced()
        send(process, signal.SIGSTOP)
        seconds = self._chance.choice([0.2, self._pace.lease + 0.5, self._pace.lease + 1])
        self._frozen[process] = time.monotonic() + seconds

    def _thaw(self) -> None:
        for process, until in list(self._frozen.items()):
            if time.monotonic() > until:
                send(process, signal.SIGCONT)
                del self._frozen[process]
                self._projectors.append(process)

    def _replaced(self) -> BaseProcess:
        """Another takes its place, unless there are too many."""
        process = self._projectors.pop(self._chance.randrange(len(self._projectors)))
        while len(self._projectors) < PROJECTORS:
            self._projectors.append(self._projector())
        return process

    def _rebuild(self) -> None:
        with psycopg.connect(self._dsn, autocommit=True) as connection:
            for statement in administration.rebuild(self._chance.choice(PROJECTIONS)):
                connection.execute(statement.text, statement.parameters)

    def _projector(self) -> BaseProcess:
        return start(project, self._dsn, self._pace, self._mistake)

    def _writer(self, lists: int) -> BaseProcess:
        return start(write, self._dsn, self._chance.getrandbits(32), self._notes / "write", lists)
