"""Projectors in processes of their own, to be killed, frozen and told to stop."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from random import Random

import psycopg

from database import forked
from database.journals import Everything, Journals, Revised, Texts
from storyline import EventClient, Projector
from storyline.testing.contract.story import SAMPLE, ListId, added

PROJECTIONS = {"plain": [Journals, Everything, Texts], "revised": [Revised, Everything, Texts]}


def run(dsn: str, code: str = "plain") -> None:
    """As the command does: until it is told to stop."""
    logging.basicConfig(level=logging.WARNING, filename=os.devnull)
    with EventClient(SAMPLE, dsn) as client:
        projector = Projector(client, PROJECTIONS[code])
        signal.signal(signal.SIGTERM, lambda *_: projector.stop())
        projector.run()


@contextmanager
def running(dsn: str, *codes: str) -> Generator[list[BaseProcess]]:
    """Each is killed in the end, unless it has been before."""
    processes = [start(dsn, code) for code in codes]
    try:
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.join()


def start(dsn: str, code: str = "plain") -> BaseProcess:
    return forked.start(run, dsn, code)


def send(process: BaseProcess, number: signal.Signals) -> None:
    assert process.pid is not None
    os.kill(process.pid, number)


@contextmanager
def appending(dsn: str, seed: int = 1) -> Generator[None]:
    """A writer, from the beginning of a block to its end."""
    is_over = threading.Event()

    def append() -> None:
        chance = Random(seed)
        with EventClient(SAMPLE, dsn) as client:
            while not is_over.is_set():
                lists = [
                    ListId(f"list {chance.randrange(40)}") for _ in range(chance.choice([1, 5]))
                ]
                client.save_events([added("milk", each) for each in lists])  # type: ignore[arg-type]
                time.sleep(0.002)

    writer = threading.Thread(target=append)
    writer.start()
    try:
        yield
    finally:
        is_over.set()
        writer.join()


def caught_up(dsn: str) -> bool:
    """Every build that is not retired stands at the end of the log."""
    with psycopg.connect(dsn) as connection:
        row = connection.execute(
            "select count(*) > 0 and min(position) = (select last_id from sample.heads)"
            " and not bool_or(status = 'building')"
            " from sample.projection_shards join sample.projection_builds"
            " using (type, version, build) where status <> 'retired'"
        ).fetchone()
    return bool(row and row[0])


def owners(dsn: str) -> dict[str, int]:
    """How many shards each process has."""
    with psycopg.connect(dsn) as connection:
        return dict(
            connection.execute(
                "select owner, count(*) from sample.projection_shards"
                " join sample.projection_builds using (type, version, build)"
                " where owner is not null and expires_at > clock_timestamp()"
                " and status <> 'retired' group by owner"
            ).fetchall()
        )
