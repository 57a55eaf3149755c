"""While an index is built, which may take hours: how far PostgreSQL has got."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import Any, TypeAlias

import psycopg

Listener: TypeAlias = Callable[[str], None]
"""Is told, in a few words, what is going on; from another thread."""

PAUSE = 2.0
"""Seconds between two looks. What is done sooner is not worth a word."""

_QUERY = """
    select
        phase,
        case when phase like 'waiting%%' then lockers_total - lockers_done end,
        coalesce(
            100 * blocks_done / nullif(blocks_total, 0),
            100 * tuples_done / nullif(tuples_total, 0)
        )
    from pg_stat_progress_create_index
    where pid = %s
"""


@contextmanager
def told(dsn: str, connection: psycopg.Connection[Any], listener: Listener) -> Generator[None]:
    """Tell the listener of the index builds of this connection, as seen from a second one."""
    done = Event()
    pid = connection.info.backend_pid
    watcher = Thread(target=_watch, args=(dsn, pid, listener, done), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _watch(dsn: str, pid: int, listener: Listener, done: Event) -> None:
    """Whoever cannot look, for want of a connection, says nothing."""
    with suppress(psycopg.Error):
        while not done.wait(PAUSE):
            with psycopg.connect(dsn, autocommit=True) as connection:
                row = connection.execute(_QUERY, (pid,)).fetchone()
            if row is not None and not done.is_set():
                listener(_words(*row))


def _words(phase: str, transactions: int | None, percent: int | None) -> str:
    if transactions:
        one = "a transaction" if transactions == 1 else f"{transactions} transactions"
        return f"{phase}: for {one} to end"
    return phase if percent is None else f"{phase}: {percent} %"
