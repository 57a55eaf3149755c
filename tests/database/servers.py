"""Servers of a test's own, in folders that are cleared away after it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from storyline.embedded import Origin, RunningServer, start, stop
from storyline.embedded.binaries import find_binaries
from storyline.embedded.home import make_home

ORIGIN = Origin(os.environ.get("STORYLINE_TEST_SERVER", Origin.ANY))


@contextmanager
def new_folder(parent: str = "/tmp") -> Generator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="storyline-test-", dir=parent))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        for server in (folder, *folder.rglob("postgres")):
            stop(server)
        shutil.rmtree(folder)


def started(folder: Path, **settings: str) -> RunningServer:
    return start(folder, settings=settings, origin=ORIGIN)


@contextmanager
def replica_of(primary: RunningServer) -> Generator[str]:
    """The DSN of a hot standby, which follows the primary until the end of the block."""
    home = make_home(primary.home.folder.with_name("replica"))
    programs = find_binaries(ORIGIN, home.account, primary.home.major)
    copied = home.account.run(
        programs / "pg_basebackup", "-D", home.data, "-R", "-d", primary.dsn, "-c", "fast"
    )
    assert copied.returncode == 0, copied.stdout
    try:
        yield started(home.folder).dsn
    finally:
        stop(home.folder)


def postmaster(server: RunningServer) -> int:
    return int((server.home.data / "postmaster.pid").read_text().split()[0])


def crash(server: RunningServer, with_signal: signal.Signals = signal.SIGQUIT) -> None:
    """End it as a loss of power would: nothing more is written."""
    os.kill(postmaster(server), with_signal)
    if server.process is not None:
        server.process.wait()


def kill(server: RunningServer) -> None:
    """Every process at once, so that none can finish what it was doing."""
    parent = postmaster(server)
    os.kill(parent, signal.SIGSTOP)
    children = subprocess.run(["pgrep", "-P", str(parent)], capture_output=True, text=True).stdout
    for process in (*map(int, children.split()), parent):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    if server.process is not None:
        server.process.wait()


def answer(server: RunningServer, query: str) -> object:
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def eventually(claim: Callable[[], object], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while not claim():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
