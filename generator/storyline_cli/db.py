"""`storyline db`: a PostgreSQL for this folder. Its data stay in `.storyline/`."""

from __future__ import annotations

import argparse
import signal
from pathlib import Path

from storyline.embedded import RunningServer, running, start, stop
from storyline_cli import FINE, UsageError
from storyline_cli.database import server_folder, told_to_the_user


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="action")
    starting = actions.add_parser(
        "start", help="run a server until Ctrl-C; or find the running one"
    )
    starting.add_argument("--detach", action="store_true", help="return, and leave it running")
    actions.add_parser("stop", help="stop the server; its data stay")
    actions.add_parser("url", help="print the DSN of the running server")


def run(arguments: argparse.Namespace) -> int:
    folder = server_folder()
    with told_to_the_user():
        if arguments.action == "stop":
            return _stop(folder)
        if arguments.action == "url":
            return _print_url(folder)
        _keep_out_of_git(folder.parent)
        return _start_detached(folder) if arguments.detach else _start_in_foreground(folder)


def _start_detached(folder: Path) -> int:
    _announce(start(folder), "`storyline db stop` stops it.")
    return FINE


def _start_in_foreground(folder: Path) -> int:
    """Ends with the server, or ends it: at Ctrl-C, at SIGTERM, or with the terminal."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        server = start(folder)
        if server.process is None:
            _announce(server, "It was started before; `storyline db stop` stops it.")
            return FINE
        _announce(server, "Ctrl-C stops it.")
        exit_code = server.process.wait()
    except KeyboardInterrupt:
        stop(folder)
        print("Stopped.", flush=True)
        return FINE
    if exit_code != 0:
        raise UsageError(f"The server ended by itself. Look into {server.home.log}.")
    return FINE


def _stop(folder: Path) -> int:
    print("Stopped." if stop(folder) else "No server was running.")
    return FINE


def _print_url(folder: Path) -> int:
    server = running(folder)
    if server is None:
        raise UsageError("No server runs for this folder. Run `storyline db start` first.")
    print(server.dsn)
    return FINE


def _announce(server: RunningServer, how_to_stop: str) -> None:
    print(f"PostgreSQL {server.home.major} is ready: {server.dsn}\n{how_to_stop}", flush=True)


def _keep_out_of_git(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    (folder / ".gitignore").write_text("*\n")
