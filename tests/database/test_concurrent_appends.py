"""Many processes, one log: ids without a gap, and no decision past another."""

from collections.abc import Callable
from multiprocessing import get_context
from typing import Any

import psycopg

from database.log_client import Log, batch, event, matching

WRITERS = 8
APPENDS = 40

spawned = get_context("spawn")


def run_writers(writer: Callable[[str, int], None], dsn: str) -> None:
    processes = [spawned.Process(target=writer, args=(dsn, n)) for n in range(WRITERS)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * WRITERS


def append_and_sometimes_roll_back(dsn: str, writer: int) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        log = Log(connection)
        for number in range(APPENDS):
            if number % 5 == writer % 5:
                with connection.transaction(force_rollback=True):
                    connection.execute(
                        "select shop.append_in_transaction(%s, %s, %s, %s)",
                        batch(event("NOTE_TAKEN")),
                    )
            log.append(event(writer=writer, number=number), event("NOTE_TAKEN"))


def test_ids_have_no_gap_and_tell_the_order_of_time(log_dsn: str, log: Log) -> None:
    run_writers(append_and_sometimes_roll_back, log_dsn)
    assert log.ids() == list(range(1, 2 * WRITERS * APPENDS + 1))
    moments = log.rows("select created_at from shop.events order by id")
    assert moments == sorted(moments)
    written = log.rows(
        "select (data->>'writer')::int, (data->>'number')::int from shop.events"
        " where type = 'ITEM_ADDED' order by id"
    )
    for writer in range(WRITERS):
        assert [n for w, n in written if w == writer] == list(range(APPENDS))


def claim_every_number(dsn: str, writer: int) -> None:
    """For each number: claim it unless somebody has, deciding on what was read before."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        log = Log(connection)
        for number in range(APPENDS):
            nobody = matching("ITEM_ADDED", path='$."number" == $v0', v0=number)
            log.append(event(number=number, writer=writer), unless=nobody)


def test_of_racing_decisions_on_the_same_events_one_wins(log_dsn: str, log: Log) -> None:
    run_writers(claim_every_number, log_dsn)
    claimed: list[tuple[Any, ...]] = log.rows(
        "select (data->>'number')::int from shop.events order by 1"
    )
    assert claimed == [(number,) for number in range(APPENDS)]
