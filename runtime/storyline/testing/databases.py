"""A server → empty databases on it, each gone after its use. Nothing here knows pytest."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from storyline.embedded import Origin, start, stop

UNSAFE_BUT_FAST: Mapping[str, str] = {"fsync": "off", "full_page_writes": "off"}
"""For data that may be lost with the machine's power; a killed server still loses nothing."""


@contextmanager
def server_for_tests(environment: Mapping[str, str] = os.environ) -> Generator[str]:
    """The DSN of a server for tests: that of `DATABASE_URL`, else one that ends with the block.

    `STORYLINE_TEST_SERVER` says whose programs to start: `embedded` or `system`.
    """
    origin = Origin(environment.get("STORYLINE_TEST_SERVER", Origin.ANY))
    given = environment.get("DATABASE_URL")
    if given and origin is Origin.ANY:
        yield given
        return
    with temporary_server(origin, UNSAFE_BUT_FAST) as dsn:
        yield dsn


@contextmanager
def temporary_server(origin: Origin, settings: Mapping[str, str]) -> Generator[str]:
    """A server in a folder of its own; both are gone after the block."""
    folder = Path(tempfile.mkdtemp(prefix="storyline-"))
    server = start(folder, settings=settings, origin=origin)
    try:
        yield server.dsn
    finally:
        stop(folder)
        shutil.rmtree(folder)


@contextmanager
def empty_database(server: str) -> Generator[str]:
    """The DSN of a new database. It is dropped even if somebody is still connected."""
    name = f"test_{uuid4().hex}"
    _execute(server, sql.SQL("create database {}").format(sql.Identifier(name)))
    try:
        yield make_conninfo(server, dbname=name)
    finally:
        _execute(server, sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def _execute(dsn: str, statement: sql.Composed) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(statement)
