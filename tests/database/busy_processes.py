"""Processes that do to a log whatever a seed decides: decide, append, hold its lock, read, die.

Whatever is acknowledged, they note in files of their own; what they had read stands in the
metadata of what they append.
"""

from __future__ import annotations

import json
import random
import signal
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Self, TypeAlias, TypeVar

import psycopg
from psycopg.errors import DeadlockDetected, QueryCanceled

from database import forked
from database.random_questions import EVERYTHING, QUESTIONS, asked, query_of, some_events
from storyline import (
    ConflictError,
    ConnectionLostError,
    Event,
    EventClient,
    LostEventError,
    OutcomeUnknownError,
    PoolExhaustedError,
    Recorded,
    Transaction,
    UnreachableError,
)
from storyline.folds import NOTHING, Seen
from storyline.testing.contract.story import (
    SAMPLE,
)
from storyline.verification.oracle import Digest, Entry, decision

E = TypeVar("E", bound=Event)

UNANSWERED = (
    ConnectionLostError,
    OutcomeUnknownError,
    PoolExhaustedError,
    UnreachableError,
    QueryCanceled,
    DeadlockDetected,
)
"""What a crash of the server causes, a time-out of the user's, or an operator's `reindex`."""


@dataclass
class Memory:
    """What was read of one question, and which event of the log was the last by then."""

    digest: Digest = field(default_factory=Digest)
    seen: Seen = NOTHING

    def add(self, newer: Sequence[Recorded[Any]], seen: Seen) -> None:
        self.digest = self.digest.after(event.id for event in newer)
        self.seen = seen


@dataclass
class Writer:
    """Decides on one question at a time, with what it remembers of it, or just appends."""

    client: EventClient
    chance: random.Random
    notes: Path
    memories: dict[int, Memory] = field(default_factory=dict[int, Memory])
    unanswered: Callable[[], object] | None = None
    """An append of which nobody knows whether it was done: then it is repeated."""

    def act(self) -> None:
        if self.unanswered is not None:
            self._repeat(self.unanswered)
        elif self.chance.random() < 0.2:
            self._append(
                lambda events, batch: self.client.save_events(
                    events, metadata=batch, command_id=batch["batch"]
                )
            )
        else:
            self._decide(self.chance.randrange(len(QUESTIONS)))
        pause(self.chance)

    def _decide(self, number: int) -> None:
        query = query_of(QUESTIONS[number])
        memory = self.memories.setdefault(number, Memory())
        if self.chance.random() < 0.8:
            seen = memory.seen
            history = self.client.get_history(query, after_id=seen.id, after_at=seen.at)
            memory.add(history.events, history.seen)
        pause(self.chance)
        for _ in range(self.chance.randrange(1, 4)):
            try:
                self._append(lambda events, batch: self._save(events, batch, number))
                break
            except ConflictError as conflict:
                memory.add(conflict.events, Seen.of(conflict.events[-1]))

    def _repeat(self, append: Callable[[], object]) -> None:
        with suppress(ConflictError, LostEventError):
            append()
        self.unanswered = None

    def _save(
        self, events: Sequence[Event], batch: Mapping[str, Any], number: int
    ) -> Sequence[Recorded[Any]]:
        question, memory = QUESTIONS[number], self.memories[number]
        return self.client.save_events_with_stream_validation(
            events,
            streams=[query_of(question)],
            latest_event_id=memory.seen.id,
            latest_event_at=memory.seen.at,
            metadata={**batch, **decision(question, memory.digest)},
            command_id=batch["batch"],
        )

    def _append(
        self, save: Callable[[Sequence[Event], Mapping[str, Any]], Sequence[Recorded[Any]]]
    ) -> None:
        batch = f"{self.chance.getrandbits(64):x}"
        events = some_events(self.chance)

        def append() -> None:
            recorded = save(events, {"batch": batch})
            note(self.notes, [batch, [event.id for event in recorded]])

        try:
            append()
        except (OutcomeUnknownError, ConnectionLostError):
            self.unanswered = append
            raise


LOST = "lost"
"""A reader's note that it begins anew."""

Work: TypeAlias = Callable[[str, int, Path], None]
"""What a process does until it is stopped, with a DSN, a seed, and the file of its notes."""


def write(dsn: str, seed: int, notes: Path) -> None:
    with EventClient(SAMPLE, dsn) as client:
        write_until_stopped(Writer(client, random.Random(seed), notes))


def write_with_plain_commits(dsn: str, seed: int, notes: Path) -> None:
    with EventClient(SAMPLE, dsn, durability="commit") as client:
        write_until_stopped(Writer(client, random.Random(seed), notes))


def write_in_transactions(dsn: str, seed: int, notes: Path) -> None:
    with WithReceipts(SAMPLE, dsn) as client:
        write_until_stopped(Writer(client, random.Random(seed), notes))


RECEIPTS = "create table receipts (batch text primary key, first_id bigint, last_id bigint)"


class WithReceipts(EventClient):
    """Each append in one transaction with a row of the caller's own."""

    def save_events(self, events: Sequence[E], **details: Any) -> tuple[Recorded[E], ...]:
        with self.transaction() as tx:
            return _with_receipt(tx, tx.save_events(events, **_told(details)))

    def save_events_with_stream_validation(
        self, events: Sequence[E], **details: Any
    ) -> tuple[Recorded[E], ...]:
        with self.transaction() as tx:
            saved = tx.save_events_with_stream_validation(events, **_told(details))
            return _with_receipt(tx, saved)


def _told(details: dict[str, Any]) -> dict[str, Any]:
    return {**details, "metadata": {**details["metadata"], "receipt": True}}


def _with_receipt(tx: Transaction, saved: tuple[Recorded[E], ...]) -> tuple[Recorded[E], ...]:
    """Once for each command, however often it is repeated."""
    row = saved[0].metadata["batch"], saved[0].id, saved[-1].id
    tx.connection.execute("insert into receipts values (%s, %s, %s) on conflict do nothing", row)
    return saved


def write_until_stopped(writer: Writer) -> None:
    while not is_stopped(writer.notes):
        try:
            writer.act()
        except UNANSWERED:
            time.sleep(0.05)
        except LostEventError:
            writer.memories.clear()


def read(dsn: str, seed: int, notes: Path) -> None:
    """Notes what it meets, in this order: never the same place twice, unless a crash took it."""
    chance = random.Random(seed)
    seen, is_last = NOTHING, False
    with EventClient(SAMPLE, dsn) as client:
        while not is_last:
            is_last = is_stopped(notes)
            try:
                for event in client.iter_event_stream(
                    query_of([asked(EVERYTHING)]),
                    after_id=seen.id,
                    after_at=seen.at,
                    page_size=chance.choice([1, 7, 1000]),
                ):
                    note(notes, [event.id, event.metadata["batch"]])
                    seen = Seen.of(event)
            except UNANSWERED:
                time.sleep(0.05)
            except LostEventError:
                note(notes, LOST)
                seen, is_last = NOTHING, False
            pause(chance)


def follow(dsn: str, number: int, notes: Path) -> None:
    """Reads the events of one question page by page, from the last one on that it has noted.

    So it may be killed and begun anew; to the end of the log, once everybody has stopped.
    """
    after_id = _last_noted(notes)
    chance = random.Random(after_id)
    with EventClient(SAMPLE, dsn) as client:
        while True:
            is_last = is_stopped(notes)
            page = client.get_event_stream(
                query_of(QUESTIONS[number]), after_id=after_id, limit=chance.choice([1, 7, 1000])
            )
            for event in page:
                note(notes, [event.id, event.metadata["batch"]])
                after_id = event.id
            if is_last and not page:
                return
            pause(chance)


def _last_noted(notes: Path) -> int:
    """A line that was never finished is taken back."""
    whole = noted([notes]) if notes.exists() else []
    notes.write_text("".join(f"{json.dumps(note)}\n" for note in whole))
    return whole[-1][0] if whole else 0


def pause(chance: random.Random) -> None:
    time.sleep(chance.choice([0, 0, 0, 0.0005, 0.005, 0.03]))


def note(notes: Path, content: object) -> None:
    """One write, so that a killed process leaves whole lines, but where a page of the file ends."""
    with open(notes, "ab", buffering=0) as file:
        file.write(json.dumps(content).encode() + b"\n")


def noted(files: Iterable[Path]) -> list[Any]:
    """Whole lines: the last one may be just being written, or never be finished."""
    lines = (line for file in files for line in file.read_text().splitlines(keepends=True))
    return [json.loads(line) for line in lines if line.endswith("\n")]


def _since_lost(notes: list[Any]) -> list[Any]:
    lost = [place for place, note in enumerate(notes, 1) if note == LOST]
    return notes[lost[-1] if lost else 0 :]


def stop(folder: Path) -> None:
    """By a file: a process that is killed with a lock in its hand would stop all others."""
    (folder / "stop").touch()


def is_stopped(notes: Path) -> bool:
    return notes.with_name("stop").exists()


class Crowd:
    """Eight writers, and others besides, from the beginning of a block to its end."""

    def __init__(
        self,
        dsn: str,
        seed: int,
        notes: Path,
        *,
        others: Sequence[Work] = (),
        writer: Work = write,
    ) -> None:
        self._dsn, self._notes, self._writer = dsn, notes, writer
        self._chance = random.Random(seed)
        self._others = [self._started(work) for work in others]
        self._writers = [self._started(writer) for _ in range(8)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        stop(self._notes)
        for process in (*self._others, *self._writers):
            if kind is not None:
                process.kill()
            process.join()
            assert kind is not None or process.exitcode == 0

    def be_busy(self, seconds: float) -> None:
        """For so long one writer after the other is killed and replaced."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(self._chance.uniform(0.2, 1.5))
            self._replace(self._chance.randrange(len(self._writers)))

    def wait_for_more(self) -> None:
        """Until some more has been acknowledged."""
        wanted = len(self.acknowledged) + 50
        while len(self.acknowledged) < wanted:
            time.sleep(0.02)

    @property
    def acknowledged(self) -> dict[str, list[int]]:
        return dict(noted(self._notes.glob("write*.*")))

    @property
    def readings(self) -> list[list[Any]]:
        """What each reader has met, as id and batch, since it began or began anew."""
        return [_since_lost(noted([file])) for file in self._notes.glob("read.*")]

    def _replace(self, number: int) -> None:
        writer = self._writers[number]
        writer.kill()
        writer.join()
        assert writer.exitcode == -signal.SIGKILL
        self._writers[number] = self._started(self._writer)

    def _started(self, work: Work) -> BaseProcess:
        seed = self._chance.getrandbits(32)
        notes = self._notes / f"{work.__name__}.{seed}"
        return forked.start(work, self._dsn, seed, notes)


def everything_since(client: EventClient, after_id: int, up_to_id: int) -> Sequence[Recorded[Any]]:
    return client.get_event_stream(
        query_of([asked(EVERYTHING)]), after_id=after_id, up_to_id=up_to_id
    )


def entries(dsn: str) -> list[Entry]:
    with psycopg.connect(dsn) as connection:
        found = connection.execute(
            "select id, type, data, metadata from sample.events order by id"
        ).fetchall()
    return [Entry(*row) for row in found]
