"""Every event exactly once, in order: for whoever reads on after the last id that it has met.

Writers commit, roll back, hang in open transactions and are killed meanwhile, and so are readers.
`STORYLINE_READERS_SECONDS` makes the run longer, `STORYLINE_READERS_SEED` another one.
"""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path
from typing import Any

from database import forked
from database.busy_processes import (
    Crowd,
    entries,
    follow,
    noted,
    read,
    stop,
    write_with_plain_commits,
)
from database.clients.conftest import sample_migration
from database.faults import hold
from database.log_oracle import batch
from database.random_questions import QUESTIONS, query_of
from database.servers import eventually, new_folder, replica_of, started
from storyline.migrations import migrate_up

SECONDS = float(os.environ.get("STORYLINE_READERS_SECONDS", "5"))
SEED = int(os.environ.get("STORYLINE_READERS_SEED", "1"))
ASKED = [0, 5, 8, 10, 14, 17]
"""Lists, several lists, a type with a condition, ranges, types, and all there is."""


class Follower:
    """A reader in a process of its own, whoever takes its place when it is killed."""

    def __init__(self, dsn: str, number: int, folder: Path) -> None:
        self.number = number
        self._dsn, self._notes = dsn, folder / f"follow.{number}"
        self._begin()

    @property
    def met(self) -> list[Any]:
        """Ids and batches, in the order of reading."""
        return noted([self._notes])

    def replace(self) -> None:
        self._process.kill()
        self._process.join()
        assert self._process.exitcode == -signal.SIGKILL
        self._begin()

    def end(self) -> None:
        self._process.join()
        assert self._process.exitcode == 0

    def _begin(self) -> None:
        self._process = forked.start(follow, self._dsn, self.number, self._notes)


def test_readers_meet_every_event_once_and_in_order(
    storyline_contract_dsn: str, tmp_path: Path
) -> None:
    chance = random.Random(SEED)
    others = (hold, hold, write_with_plain_commits)
    notes = tmp_path / "followers"
    notes.mkdir()
    with Crowd(storyline_contract_dsn, SEED, tmp_path, others=others) as crowd:
        followers = [Follower(storyline_contract_dsn, number, notes) for number in ASKED]
        crowd.wait_for_more()
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            crowd.be_busy(chance.uniform(0.05, 0.3))
            chance.choice(followers).replace()
        crowd.wait_for_more()
    stop(notes)  # now that nobody writes any more
    log = entries(storyline_contract_dsn)
    for follower in followers:
        follower.end()
        query = query_of(QUESTIONS[follower.number])
        matching = [each for each in log if query.matches_stored(each.type, each.data)]
        assert follower.met == [[each.id, batch(each)] for each in matching]
    print(f"{len(log)} events, read by {[len(each.met) for each in followers]}")
    assert min(len(each.met) for each in followers) > SECONDS, "hardly anything happened"


def test_readers_of_a_hot_standby_meet_them_in_the_same_order(tmp_path: Path) -> None:
    """It makes appends visible one by one, as their commits come along."""
    (tmp_path / "0001_sample.sql").write_text(sample_migration(), encoding="utf-8")
    with new_folder() as folder:
        primary = started(folder / "primary")
        migrate_up(primary.dsn, tmp_path)
        with replica_of(primary) as standby:
            with Crowd(primary.dsn, SEED, tmp_path, others=(hold,)) as crowd:
                reading = tmp_path / "on the standby"
                reading.mkdir()
                readers = [
                    forked.start(read, standby, seed, reading / f"read.{seed}") for seed in (1, 2)
                ]
                crowd.be_busy(SECONDS / 5)
            log = entries(primary.dsn)
            assert eventually(lambda: len(entries(standby)) == len(log))
            stop(reading)
            for reader in readers:
                reader.join()
                assert reader.exitcode == 0
    met = [noted([notes]) for notes in reading.glob("read.*")]
    assert met == [[[each.id, batch(each)] for each in log]] * 2
