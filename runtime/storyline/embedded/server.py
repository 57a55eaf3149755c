"""Start, find and stop the server of a folder. Whether it runs, it is asked: no pid can tell."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg
from psycopg.pq import PGconn, Ping

from storyline.embedded.binaries import Binaries, Origin, find_binaries
from storyline.embedded.errors import EmbeddedServerError
from storyline.embedded.home import Home, find_home, make_home

_children: dict[Path, subprocess.Popen[bytes]] = {}
"""What this process started, by folder. A child that nobody waits for would stay as a zombie."""

_PATIENCE = 60.0
"""Seconds to wait for a start or a stop; recovery after a crash takes its time."""


@dataclass(frozen=True, slots=True)
class RunningServer:
    """`process` is None where somebody else had started it: then it is not ours to wait for."""

    home: Home
    process: subprocess.Popen[bytes] | None = None

    @property
    def dsn(self) -> str:
        """Trusts whoever reaches the socket: its folder is private to the server's account."""
        return self.home.dsn


def start(
    folder: Path, *, settings: Mapping[str, str] | None = None, origin: Origin = Origin.ANY
) -> RunningServer:
    """The server of the folder: the one that runs, or one started now, with its data made at need.

    It outlives this process. Safe to call from many processes at once: one starts, all get it.
    """
    home = make_home(folder)
    with home.locked():
        if _is_running(home):
            return RunningServer(home)
        binaries = find_binaries(origin, home.account, home.major)
        if home.major is None:
            _make_data(home, binaries)
        process = _started(home, binaries, settings or {})
        _wait_for_child(home)
        _children[home.folder] = process
        return RunningServer(home, process)


def running(folder: Path) -> RunningServer | None:
    """The server of the folder, if it runs."""
    home = find_home(folder)
    return RunningServer(home) if home and _is_running(home) else None


def stop(folder: Path) -> bool:
    """Roll back what is open, keep what is committed, wait for the end. False: none was running."""
    home = find_home(folder)
    if home is None:
        return False
    with home.locked():
        if not _is_running(home):
            return False
        pid_file, _ = home.lock_files
        os.kill(int(pid_file.read_text().split()[0]), signal.SIGINT)
        if not _becomes_true(lambda: not pid_file.exists()):
            raise EmbeddedServerError(
                f"The server did not stop within {_PATIENCE:.0f} seconds.",
                f"Look into {home.log}.",
            )
        _wait_for_child(home)
        return True


def _wait_for_child(home: Home) -> None:
    """For the server that was started before, if it is ours: it has ended, or is about to."""
    child = _children.pop(home.folder, None)
    if child is not None:
        child.wait()


def _is_running(home: Home) -> bool:
    """Does the server answer, and for this data?"""
    if not _answers(home):
        return False
    try:
        with psycopg.connect(home.dsn) as connection:
            row = connection.execute("show data_directory").fetchone()
    except psycopg.OperationalError as error:
        raise EmbeddedServerError(f"The server of {home.folder} lets nobody in: {error}") from error
    return row is not None and Path(row[0]) == home.data


def _answers(home: Home) -> bool:
    """One that is starting or stopping is waited for."""
    end = time.monotonic() + _PATIENCE
    while (state := _ping(home)) is Ping.REJECT and time.monotonic() < end:
        time.sleep(0.02)
    return state is Ping.OK


def _ping(home: Home) -> Ping:
    return Ping(PGconn.ping(f"{home.dsn}&connect_timeout=5".encode()))


def _make_data(home: Home, binaries: Binaries) -> None:
    """Made beside its place and then renamed, so that half of it never counts as data."""
    half = home.folder / "data.part"
    home.account.run("rm", "-rf", half)
    made = home.account.run(
        binaries / "initdb",
        f"--pgdata={half}",
        "--username=postgres",
        "--auth=trust",
        "--locale=C",
        "--encoding=UTF8",
    )
    if made.returncode != 0:
        raise EmbeddedServerError(f"PostgreSQL could not make its data:\n{made.stdout.strip()}")
    half.rename(home.data)


def _started(
    home: Home, binaries: Binaries, settings: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    """The processes of a killed server may outlive it for a moment: a restart is tried again."""
    left_over = {path: path.read_text() for path in home.lock_files if path.exists()}
    for path, text in left_over.items():
        path.write_text(_with_our_pid(text))
    for _ in range(5 if left_over else 1):
        with open(home.log, "ab") as log:
            process = home.account.spawn(_command(home, binaries, settings), log)
        if not _becomes_true(partial(_is_decided, home, process)):
            break
        if process.poll() is None:
            return process
        time.sleep(0.5)
    for path, text in left_over.items():
        path.write_text(text)
    raise EmbeddedServerError(f"PostgreSQL did not start. {home.log} ends:\n{_last_words(home)}")


def _with_our_pid(lock_file: str) -> str:
    """Make PostgreSQL take over a lock file of a server that was killed.

    The pid in it may by now be a zombie's or a stranger's, and PostgreSQL would give up. That of
    its own parent it knows to be stale, and asks shared memory whether an old process is left.
    """
    _, _, rest = lock_file.partition("\n")
    return f"{os.getpid()}\n{rest}"


def _is_decided(home: Home, process: subprocess.Popen[bytes]) -> bool:
    """It answers, or it has given up."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(0.05)
        return True
    return _ping(home) is Ping.OK


def _command(home: Home, binaries: Binaries, settings: Mapping[str, str]) -> list[str | Path]:
    """No shell and no pg_ctl in between: nothing to quote, and the child is PostgreSQL itself."""
    quoted = str(home.socket_folder).replace('"', '""')
    ours = {"listen_addresses": "", "port": "5432", "unix_socket_directories": f'"{quoted}"'}
    options = [f"--{name}={value}" for name, value in {**settings, **ours}.items()]
    return [binaries / "postgres", "-D", home.data, *options]


def _becomes_true(claim: Callable[[], bool]) -> bool:
    """Wait for the claim, as long as our patience lasts."""
    end = time.monotonic() + _PATIENCE
    while not claim():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def _last_words(home: Home) -> str:
    lines = home.log.read_text(errors="replace").splitlines()
    return "\n".join(lines[-8:])
