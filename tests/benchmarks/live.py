"""Live: how long after an append its state is to be seen, and what that costs the writers."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from statistics import median, quantiles
from typing import Any

import psycopg

from benchmarks.rebuilding import OpenItemsProjection, empty, fill
from storyline import EventClient, Projector
from todo_app.story.todo import TODO, ItemAdded, ItemId, ListId

WRITERS, LISTS = 4, 1000
RATE, SPARSE = 1000, 2
"""Appends a second, of all writers together."""

spawned = get_context("spawn")


def lag(dsn: str, rounds: int, seconds: float) -> None:
    """Watched by a process that looks every few milliseconds, which are part of what is told."""
    for rate in (RATE, SPARSE):
        found: list[list[float]] = []
        for _ in range(rounds):
            fill(dsn, 1, 1)
            empty(dsn)
            with projecting(dsn):
                found.append(lags(dsn, seconds, rate))
        half, most = (1000 * median(quantiles(each, n=100)[n] for each in found) for n in (49, 98))
        reached = median(len(each) for each in found) / seconds
        told = f"median {half:.0f} ms, 99 % within {most:.0f} ms"
        print(f"lag at {reached:,.0f} appends/s: {told}", flush=True)


def loss(dsn: str, rounds: int, seconds: float) -> None:
    """At the paced rate, and as fast as the writers can, when all of them fight for the cores."""
    for rate in (RATE, None):
        pairs = [
            (alone(dsn, seconds, rate), accompanied(dsn, seconds, rate)) for _ in range(rounds)
        ]
        lost = 1 - median(after / before for before, after in pairs)
        told = f"{median(before for before, _ in pairs):,.0f} appends/s"
        print(f"writers' loss at {told}: {100 * lost:.1f} %", flush=True)


def alone(dsn: str, seconds: float, rate: float | None) -> float:
    fill(dsn, 1, 1)
    empty(dsn)
    return len(written(dsn, seconds, rate)) / seconds


def accompanied(dsn: str, seconds: float, rate: float | None) -> float:
    fill(dsn, 1, 1)
    empty(dsn)
    with projecting(dsn):
        return len(written(dsn, seconds, rate)) / seconds


@contextmanager
def projecting(dsn: str) -> Generator[None]:
    process = spawned.Process(target=project, args=(dsn,))
    process.start()
    try:
        wait_for_the_build(dsn)
        yield
    finally:
        process.kill()
        process.join()


def project(dsn: str) -> None:
    with EventClient(TODO, dsn) as client:
        Projector(client, [OpenItemsProjection]).run()


def wait_for_the_build(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        query = "select from todo.projection_builds where status = 'active'"
        while connection.execute(query).fetchone() is None:
            time.sleep(0.05)


def lags(dsn: str, seconds: float, rate: float) -> list[float]:
    """From each append's acknowledgement until the states of all shards show it."""
    seen, done = spawned.Queue(), spawned.Event()
    watcher = spawned.Process(target=watch, args=(dsn, seen, done))
    watcher.start()
    appended = written(dsn, seconds, rate)
    time.sleep(1)
    done.set()
    positions: Sequence[tuple[int, float]] = seen.get(timeout=60)
    watcher.join()
    return _lags(sorted(appended), positions)


def _lags(
    appended: Sequence[tuple[int, float]], positions: Sequence[tuple[int, float]]
) -> list[float]:
    found, place = list[float](), 0
    for id, at in appended:
        while positions[place][0] < id:
            place += 1
        found.append(max(0.0, positions[place][1] - at))
    return found


def watch(dsn: str, seen: Any, done: Any) -> None:
    positions: list[tuple[int, float]] = []
    with psycopg.connect(dsn, autocommit=True) as connection:
        while not done.is_set():
            row = connection.execute("select min(position) from todo.projection_shards").fetchone()
            assert row is not None
            if not positions or row[0] > positions[-1][0]:
                positions.append((row[0], time.monotonic()))
            time.sleep(0.005)
    seen.put(positions)


def written(dsn: str, seconds: float, rate: float | None) -> list[tuple[int, float]]:
    """Each event's id, and when it was acknowledged."""
    ready, notes = spawned.Barrier(WRITERS), spawned.Queue()
    each = None if rate is None else WRITERS / rate
    workers: list[BaseProcess] = [
        spawned.Process(target=write, args=(dsn, seconds, each, ready, notes))
        for _ in range(WRITERS)
    ]
    for worker in workers:
        worker.start()
    found = [note for _ in workers for note in notes.get(timeout=60 + 10 * seconds)]
    for worker in workers:
        worker.join()
    return found


def write(dsn: str, seconds: float, every: float | None, ready: Any, notes: Any) -> None:
    acknowledged: list[tuple[int, float]] = []
    with EventClient(TODO, dsn) as client:
        client.save_event(_added(0))
        ready.wait()
        began = time.monotonic()
        while time.monotonic() < began + seconds:
            event = client.save_event(_added(len(acknowledged) % LISTS))
            acknowledged.append((event.id, time.monotonic()))
            if every is not None:
                time.sleep(max(0.0, began + len(acknowledged) * every - time.monotonic()))
    notes.put(acknowledged)


def _added(number: int) -> ItemAdded:
    return ItemAdded(list_id=ListId(f"list-{number}"), item_id=ItemId("i"), title="Milk")
