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
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from storyline.embedded import Origin, RunningServer, start, stop
from storyline.embedded.binaries import find_binaries
from storyline.embedded.home import make_home

ORIGIN = Origin(os.environ.get("STORYLINE_TEST_SERVER", Origin.ANY))


DISK = "/var/tmp"
"""For tests that speak of durability; the servers of others may well be in memory."""


@contextmanager
def new_folder(parent: str | None = None) -> Generator[Path]:
    """Among temporary files, if no other place is named."""
    folder = Path(tempfile.mkdtemp(prefix="storyline-test-", dir=parent))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        for server in (folder, folder / "primary", *folder.rglob("postgres")):
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


@contextmanager
def pooler_of(dsn: str, pool_size: int) -> Generator[str]:
    """The DSN of a PgBouncer before the server: each transaction gets one of few connections."""
    program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None and os.environ.get("STORYLINE_TEST_POOLER") != "required":
        pytest.skip("PgBouncer is not installed")
    assert program is not None, "PgBouncer is not installed"
    with new_folder() as folder:
        home = make_home(folder / "pooler")
        settings = home.folder / "pgbouncer.ini"
        settings.write_text(_pooler_settings(dsn, pool_size, home.folder))
        settings.chmod(0o644)
        with open(home.log, "ab") as log:
            process = home.account.spawn([program, settings], log)
        pooled = make_conninfo(dsn, host=str(home.folder), port=6432)
        try:
            assert eventually(lambda: _answers(pooled)), home.log.read_text()
            yield pooled
        finally:
            process.terminate()
            process.wait()


def _pooler_settings(dsn: str, pool_size: int, folder: Path) -> str:
    server = conninfo_to_dict(dsn)
    user = server.get("user") or "postgres"
    return f"""
[databases]
* = host={server["host"]} port={server.get("port") or 5432} user={user}
[pgbouncer]
listen_addr =
listen_port = 6432
unix_socket_dir = {folder}
auth_type = any
pool_mode = transaction
default_pool_size = {pool_size}
"""


def _answers(dsn: str) -> bool:
    with suppress(psycopg.OperationalError):
        psycopg.connect(dsn).close()
        return True
    return False


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


def execute(dsn: str, statement: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(statement.encode())


def answer(server: RunningServer, query: str) -> object:
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def eventually(claim: Callable[[], object], seconds: float = 60) -> bool:
    """Patient, as tests run side by side: what takes a second alone may then take many."""
    end = time.monotonic() + seconds
    while not claim():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
