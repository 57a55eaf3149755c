"""Subscribers in processes of their own, to be killed, frozen and told to stop.

Each notes what it was handed, in a file that it opens anew for each line.
"""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Generator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from database.journals import Journals
from storyline import EventClient, Query, QueryItem
from storyline.testing.contract.story import LIST_EVENTS, SAMPLE

forked = get_context("forkserver")
forked.set_forkserver_preload([__name__])

LISTS: Query[Any] = Query(QueryItem(LIST_EVENTS))


def run(dsn: str, notes: Path, is_shared: bool, seconds: float) -> None:
    """Until it is told to stop. Each event takes so many seconds."""
    logging.basicConfig(level=logging.WARNING, filename=os.devnull)
    key = Journals.state_key if is_shared else None
    with EventClient(SAMPLE, dsn) as client:
        subscription = client.subscribe(LISTS, name="mail", key=key)
        signal.signal(signal.SIGTERM, lambda *_: subscription.stop())
        for event in subscription:
            with notes.open("a") as file:
                file.write(f"{os.getpid()} {event.data.list_id} {event.id}\n")
            time.sleep(seconds)


@contextmanager
def running(
    dsn: str, notes: Path, count: int = 1, *, is_shared: bool = False, seconds: float = 0.0
) -> Generator[list[BaseProcess]]:
    """Each is killed in the end, unless it has been before."""
    notes.touch()
    processes = [start(dsn, notes, is_shared=is_shared, seconds=seconds) for _ in range(count)]
    try:
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.join()


def start(dsn: str, notes: Path, *, is_shared: bool = False, seconds: float = 0.0) -> BaseProcess:
    process = forked.Process(target=run, args=(dsn, notes, is_shared, seconds))
    process.start()
    return process


def handed_out(notes: Path) -> list[int]:
    return [int(line.split()[-1]) for line in notes.read_text().splitlines()]


def subscribers(notes: Path) -> set[int]:
    return {int(line.split()[0]) for line in notes.read_text().splitlines()}


def by_list(notes: Path) -> dict[str, list[int]]:
    """What was handed out of each list, in that order."""
    found: dict[str, list[int]] = {}
    for line in notes.read_text().splitlines():
        _, rest = line.split(" ", 1)
        list_id, id = rest.rsplit(" ", 1)
        found.setdefault(list_id, []).append(int(id))
    return found


def is_in_order(ids: list[int]) -> bool:
    """What comes again does so from some earlier event on; nothing is left out."""
    reached: list[int] = []
    for id in ids:
        if id in reached:
            reached = reached[: reached.index(id)]
        reached.append(id)
    return reached == sorted(set(ids))
