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
    QUESTIONS,
    Crowd,
    entries,
    follow,
    hold,
    noted,
    query_of,
    stop,
    write_with_plain_commits,
)
from database.log_oracle import batch

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
