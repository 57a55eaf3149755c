"""A new version of a projection is deployed while the code of the old one still runs and reads.

Two applications, as files in two folders, each with the code that `storyline generate` made of its
schema. Everything runs in processes of its own, by the command line.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import pytest

from database.servers import eventually
from projects import command
from storyline.migrations import migrate_up

HERE = Path(__file__).resolve().parent / "deploy"
TILLS, EVENTS = 10, 2500

FOLDS = {
    "old": "return state.replace(total=state.total + event.data.amount)",
    "new": "time.sleep(0.002); return state.replace("
    "total=state.total + event.data.amount, payments=state.payments + 1)",
}
PROJECTION = """
import time
from ...story.till import BalanceProjectionBase

class BalanceProjection(BalanceProjectionBase):
    def on_paid(self, state, event):
        {fold}
"""
RUN = """
from storyline.projecting import leasing, pace
from storyline_cli.__main__ import main
leasing.LEASE_SECONDS, pace.TICK_SECONDS = 1.5, 0.2
raise SystemExit(main(["projections", "run"]))
"""
WRITE = """
import sys, time
from app.story.till import TILL, Paid, TillId
from storyline import EventClient

tills, events, pause = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
with EventClient(TILL, __import__("os").environ["DATABASE_URL"]) as client:
    paid = [Paid(till_id=TillId(str(n % tills)), amount=1) for n in range(events)]
    if not pause:
        client.save_events(paid)
    for each in paid if pause else ():
        client.save_event(each)
        time.sleep(pause)
"""
READ = """
import json, os, time
from app.projections.till.balance import BalanceProjection
from app.story.till import TILL
from storyline import EventClient, ProjectionNotBuiltError

with EventClient(TILL, os.environ["DATABASE_URL"]) as client:
    while True:
        try:
            found = client.query_projections(BalanceProjection)
            reading = [each.state.model_dump() for each in found]
        except ProjectionNotBuiltError:
            reading = None
        with open("readings", "a") as file:
            file.write(json.dumps(reading) + "\\n")
        time.sleep(0.01)
"""


class Application:
    """A folder with one release of the code, and the processes that run it."""

    def __init__(self, folder: Path, release: str, dsn: str, stack: ExitStack) -> None:
        self.folder = folder
        self._dsn = dsn
        self._stack = stack
        (folder / "schemas").mkdir(parents=True)
        (folder / "pyproject.toml").write_text("[tool.storyline]\n")
        schema = HERE / f"till_{'1' if release == 'old' else '2'}.toml"
        (folder / "schemas/till.toml").write_text(schema.read_text())
        command(folder, "storyline", "generate")
        fold = PROJECTION.format(fold=FOLDS[release])
        (folder / "app/projections/till/balance.py").write_text(fold)

    def starts(self, script: str, *words: str) -> subprocess.Popen[bytes]:
        """Until it is stopped, or the test ends."""
        process = subprocess.Popen(
            [sys.executable, "-c", script, *words], cwd=self.folder, env=self._environment(),
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._stack.callback(process.wait)
        self._stack.callback(process.kill)
        return process

    def command(self, *words: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "storyline_cli", *words], cwd=self.folder,
            env=self._environment(), text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        return done.returncode, done.stdout

    def status(self, version: int) -> dict[str, Any] | None:
        told = json.loads(self.command("projections", "status", "--format", "json")[1])
        (story,) = told["stories"]
        return next((each for each in story["projections"] if each["version"] == version), None)

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "DATABASE_URL": self._dsn}

    def readings(self) -> list[Any]:
        """What its reader has met, one reading after the other."""
        whole = (self.folder / "readings").read_text().splitlines(keepends=True)
        return [json.loads(line) for line in whole if line.endswith("\n")]


@pytest.fixture
def releases(tmp_path: Path, storyline_dsn: str) -> Iterator[tuple[Application, Application]]:
    with ExitStack() as stack:
        old, new = (
            Application(tmp_path / release, release, storyline_dsn, stack) for release in FOLDS
        )
        migrate_up(storyline_dsn, old.folder / "migrations")
        yield old, new


def test_a_new_version_is_deployed_beside_the_old_one_and_taken_back(
    releases: tuple[Application, Application], storyline_dsn: str
) -> None:
    old, new = releases
    old.starts(WRITE, str(TILLS), str(EVENTS), "0").wait()
    old_processes = [old.starts(RUN), old.starts(RUN)]
    assert eventually(lambda: is_whole(storyline_dsn, 1))
    old.starts(READ)
    old.starts(WRITE, str(TILLS), "100000", "0.01")
    new.starts(READ)

    kill_midway(new, storyline_dsn)
    new_processes = [new.starts(RUN), new.starts(RUN)]
    assert eventually(lambda: new.readings()[-1])
    require_that_it_went_on(new)
    require_that_the_old_code_noticed_nothing(old)
    require_that_it_was_whole_from_the_first_moment(new)
    code, said = new.command("projections", "forget", "balance", "--delete-states")
    assert code == 2
    assert "is being run by" in said, "the old code is still at it"

    ended(new_processes)
    before = old.readings()
    assert eventually(lambda: len(old.readings()) > len(before) + 20)
    assert old.readings()[-1] != before[-1], "back to the old code, without a word"

    ended(old_processes)
    new.starts(RUN)
    assert eventually(lambda: "left the code" in new.command("projections", "status")[1])
    code, said = new.command("projections", "forget", "balance", "--delete-states")
    assert (code, said) == (0, f"Deleted: `balance` v1 with {TILLS} states.\n")
    assert new.status(1) is None
    old.starts(RUN)
    assert eventually(lambda: is_active(storyline_dsn, 1)), "the old code builds its own anew"


def kill_midway(new: Application, dsn: str) -> None:
    """One process, and the other is told to stop: the build is left as it is."""
    killed, stopped = new.starts(RUN), new.starts(RUN)
    assert eventually(lambda: folded(dsn, 2) > EVENTS / 10), "it is being built"
    assert eventually(lambda: running(dsn) == 4), "before, a process takes no signal"
    killed.kill()
    ended([stopped])
    assert folded(dsn, 2) > 0
    assert new.readings()
    assert not any(new.readings()), "nobody sees a half of it"


def require_that_it_went_on(new: Application) -> None:
    status = new.status(2)
    assert status is not None
    assert (status["build"], status["status"]) == (1, "active")


def require_that_the_old_code_noticed_nothing(old: Application) -> None:
    seen = old.readings()
    assert all(len(reading) == TILLS for reading in seen)
    assert all(state.keys() == {"total"} for reading in seen for state in reading)
    totals = [sum(state["total"] for state in reading) for reading in seen]
    assert totals == sorted(totals), "its states were kept up to date meanwhile"
    assert EVENTS <= totals[0] < totals[-1]


def require_that_it_was_whole_from_the_first_moment(new: Application) -> None:
    readings = new.readings()
    first = next(place for place, reading in enumerate(readings) if reading)
    assert readings[:first] == [None] * first, "until then its readers were told to wait"
    assert sum(state["payments"] for state in readings[first]) >= EVENTS
    assert all(state["total"] == state["payments"] for state in readings[first])


def ended(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.send_signal(signal.SIGTERM)
    assert [process.wait() for process in processes] == [0] * len(processes)


def running(dsn: str) -> int:
    """How many processes have announced themselves, of all releases."""
    return _number(dsn, "select count(*) from till.projectors where expires_at > clock_timestamp()")


def folded(dsn: str, version: int) -> int:
    """How far the build of a version is, in the mean."""
    return _number(
        dsn,
        "select coalesce(avg(greatest(position, folded)), 0)::int from till.projection_shards"
        " where version = %s",
        version,
    )


def is_whole(dsn: str, version: int) -> bool:
    """All events up to now are in the states that readers see."""
    counted = (
        "select coalesce(sum((data->>'total')::int), 0)::int from till.projections"
        " join till.projection_builds using (type, version, build)"
        " where version = %s and status = 'active'"
    )
    return _number(dsn, counted, version) == _number(dsn, "select last_id from till.heads")


def is_active(dsn: str, version: int) -> bool:
    query = "select count(*) from till.projection_builds where version = %s and status = 'active'"
    return _number(dsn, query, version) == 1


def _number(dsn: str, query: str, *values: object) -> int:
    with psycopg.connect(dsn) as connection:
        row = connection.execute(query.encode(), values).fetchone()
    assert row is not None
    return int(row[0])
