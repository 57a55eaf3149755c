"""A line between a client and a server, on which a test decides what becomes of the messages."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TypeAlias

from psycopg.conninfo import conninfo_to_dict, make_conninfo

PassedOn: TypeAlias = Callable[[bytes], bytes]
"""A piece of what one side sends → what the other gets; if that is not the same, it is the last."""


@contextmanager
def line_to(dsn: str, passed_on: PassedOn) -> Generator[str]:
    """The DSN of a relay before the server."""
    server = conninfo_to_dict(dsn)
    name = f".s.PGSQL.{server.get('port') or 5432}"
    with (
        tempfile.TemporaryDirectory(prefix="line-") as folder,
        socket.socket(socket.AF_UNIX) as near,
        ThreadPoolExecutor(max_workers=1000) as threads,
    ):
        near.bind(f"{folder}/{name}")
        near.listen()
        threads.submit(_accept, near, f"{server['host']}/{name}", passed_on, threads)
        try:
            yield make_conninfo(dsn, host=folder)
        finally:
            near.shutdown(socket.SHUT_RDWR)


def _accept(
    near: socket.socket, far: str, passed_on: PassedOn, threads: ThreadPoolExecutor
) -> None:
    with suppress(OSError):
        while True:
            client, _ = near.accept()
            server = socket.socket(socket.AF_UNIX)
            server.connect(far)
            threads.submit(_relay, client, server, passed_on)
            threads.submit(_relay, server, client, passed_on)


def _relay(source: socket.socket, target: socket.socket, passed_on: PassedOn) -> None:
    with suppress(OSError):
        while piece := source.recv(4096):
            sent = passed_on(piece)
            target.sendall(sent)
            if sent != piece:
                break
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
    source.close()
