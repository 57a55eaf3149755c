"""Processes that make a busy log's life harder, or that write to it under such faults themselves.

Nothing here knows what a right log is: the oracle does.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from database.busy_processes import (
    UNANSWERED,
    Memory,
    Work,
    Writer,
    is_stopped,
    note,
    pause,
    write_in_transactions,
    write_until_stopped,
    write_with_plain_commits,
)
from database.lines import line_to
from database.random_questions import QUESTIONS, query_of, some_events
from storyline import AsyncEventClient, ConflictError, Dsn, EventClient
from storyline.folds import Seen
from storyline.testing.contract.story import SAMPLE
from storyline.verification.oracle import decision

A_SESSION = (
    " from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    " and backend_type = 'client backend' order by random() limit 1"
)
UPKEEP = (
    "vacuum full sample.heads",
    "vacuum full sample.events",
    "reindex table sample.events",
    "reindex table concurrently sample.events",
    "analyze sample.events",
    "checkpoint",
)


def hold(dsn: str, seed: int, notes: Path) -> None:
    """Transactions of somebody else's: they lock the head or append, and mostly roll back."""
    chance = random.Random(seed)
    while not is_stopped(notes):
        time.sleep(0.05)
        with suppress(psycopg.OperationalError), psycopg.connect(dsn) as connection:
            for _ in range(20):
                metadata = json.dumps({"batch": f"{chance.getrandbits(64):x}"})
                connection.execute(
                    "select sample.append_in_transaction('MISREAD', '1', '{\"whole\": \"x\"}', %s)",
                    [metadata],
                )
                pause(chance)
                connection.rollback() if chance.random() < 0.7 else connection.commit()
                time.sleep(0.03)


def cut(dsn: str, seed: int, notes: Path) -> None:
    """Ends sessions of the others, or what they are doing, whatever it is."""
    chance = random.Random(seed)
    while not is_stopped(notes):
        time.sleep(chance.uniform(0, 0.1))
        end = chance.choice(["pg_terminate_backend", "pg_cancel_backend"])
        _executed(dsn, f"select {end}(pid) {A_SESSION}")


def freeze(dsn: str, seed: int, notes: Path) -> None:
    """Stops a process of the server for a moment: a session's, or one that writes to the disk."""
    chance = random.Random(seed)
    any_process = "select pid from pg_stat_activity where pid <> pg_backend_pid()"
    while not is_stopped(notes):
        time.sleep(chance.uniform(0, 0.3))
        rows = _executed(dsn, f"{any_process} order by random() limit 1")
        with suppress(ProcessLookupError, IndexError):
            os.kill(rows[0][0], signal.SIGSTOP)
            wake = f"sleep {chance.uniform(0, 0.3)}; kill -CONT {rows[0][0]}"
            subprocess.run(["sh", "-c", wake])  # which goes on even if this process is killed


def maintain(dsn: str, seed: int, notes: Path) -> None:
    """What an operator does to a table that is in use."""
    chance = random.Random(seed)
    while not is_stopped(notes):
        time.sleep(chance.uniform(0, 0.5))
        _executed(dsn, chance.choice(UPKEEP))


def _executed(dsn: str, statement: str) -> list[Any]:
    with (
        suppress(psycopg.OperationalError),
        psycopg.connect(dsn, autocommit=True) as connection,
    ):
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []
    return []


def write_in_a_hurry(dsn: str, seed: int, notes: Path) -> None:
    """The user's own settings end appends while they wait or commit, and connections at rest."""
    chance = random.Random(seed)
    settings = {
        "lock_timeout": chance.randrange(1, 9),
        "statement_timeout": chance.randrange(2, 9),
        "idle_session_timeout": chance.choice([0, 5, 50]),
        "default_transaction_isolation": chance.choice(["serializable", r"repeatable\ read"]),
        "synchronous_commit": chance.choice(["on", "off"]),
    }
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    with EventClient(SAMPLE, make_conninfo(dsn, options=options)) as client:
        write_until_stopped(Writer(client, chance, notes))


def write_in_threads(dsn: str, seed: int, notes: Path) -> None:
    """More of them than connections."""
    with EventClient(SAMPLE, Dsn(dsn, max_size=2)) as client, ThreadPoolExecutor() as pool:
        writers = [Writer(client, random.Random(seed + number), notes) for number in range(4)]
        for _ in pool.map(write_until_stopped, writers):
            pass


def write_and_give_up(dsn: str, seed: int, notes: Path) -> None:
    """Tasks that share one client, and are mostly cancelled in the middle of what they do."""
    asyncio.run(_give_up(dsn, random.Random(seed), notes))


async def _give_up(dsn: str, chance: random.Random, notes: Path) -> None:
    async with AsyncEventClient(SAMPLE, dsn) as client:

        async def impatient() -> None:
            memories: dict[int, Memory] = {}
            while not is_stopped(notes):
                number = chance.randrange(len(QUESTIONS))
                memory = memories.setdefault(number, Memory())
                with suppress(TimeoutError, *UNANSWERED):
                    async with asyncio.timeout(chance.choice([0.001, 0.003, 0.01, 0.03, 1])):
                        await _decide(client, chance, notes, number, memory)

        await asyncio.gather(*(impatient() for _ in range(4)))


async def _decide(
    client: AsyncEventClient, chance: random.Random, notes: Path, number: int, memory: Memory
) -> None:
    query, seen = query_of(QUESTIONS[number]), memory.seen
    history = await client.get_history(query, after_id=seen.id, after_at=seen.at)
    memory.add(history.events, history.seen)
    batch = f"{chance.getrandbits(64):x}"
    try:
        recorded = await client.save_events_with_stream_validation(
            some_events(chance),
            streams=[query],
            latest_event_id=memory.seen.id,
            latest_event_at=memory.seen.at,
            metadata={"batch": batch, **decision(QUESTIONS[number], memory.digest)},
            command_id=batch,
        )
        note(notes, [batch, [event.id for event in recorded]])
    except ConflictError as conflict:
        memory.add(conflict.events, Seen.of(conflict.events[-1]))


def write_over_a_bad_line(dsn: str, seed: int, notes: Path) -> None:
    """It delays what it passes on, and now and then breaks within a message, whoever sends it."""
    chance = random.Random(seed)

    def passed_on(piece: bytes) -> bytes:
        time.sleep(chance.choice([0, 0, 0, 0.001, 0.01]))
        return piece[: chance.randrange(len(piece))] if chance.random() < 0.02 else piece

    with line_to(dsn, passed_on) as line, EventClient(SAMPLE, line) as client:
        write_until_stopped(Writer(client, chance, notes))


FAULTS: Sequence[Work] = (
    hold,
    cut,
    freeze,
    maintain,
    write_with_plain_commits,
    write_in_transactions,
    write_in_a_hurry,
    write_in_threads,
    write_and_give_up,
    write_over_a_bad_line,
)
