"""The bar: every accepted decision has seen exactly the matching events below it.

Random processes write a log; then the oracle judges it. `STORYLINE_ORACLE_SECONDS` makes the run
longer, `STORYLINE_ORACLE_SEED` another one.
"""

import os
from pathlib import Path

import psycopg
import pytest

from database.busy_processes import RECEIPTS, Crowd, entries, read
from database.clients.conftest import sample_migration
from database.faults import FAULTS
from database.log_oracle import complaints, missed
from database.random_questions import asked
from database.servers import execute
from storyline.migrations import migrate_up
from storyline.verification.oracle import Digest, Entry, decision

SECONDS = float(os.environ.get("STORYLINE_ORACLE_SECONDS", "10"))
SEED = int(os.environ.get("STORYLINE_ORACLE_SEED", "1"))

ADDED = [asked(["ITEM_ADDED"])]


@pytest.fixture
def dsn(storyline_dsn: str, tmp_path: Path) -> str:
    (tmp_path / "0001_sample.sql").write_text(sample_migration(), encoding="utf-8")
    migrate_up(storyline_dsn, tmp_path)
    execute(storyline_dsn, RECEIPTS)
    return storyline_dsn


def test_every_decision_has_seen_exactly_what_came_before_it(dsn: str, tmp_path: Path) -> None:
    with Crowd(dsn, SEED, tmp_path, others=(read, read, *FAULTS)) as crowd:
        crowd.wait_for_more()
        crowd.be_busy(SECONDS)
    log = entries(dsn)
    assert list(complaints(log, crowd.acknowledged)) == []
    assert list(missed(log, crowd.readings)) == []
    print(f"{len(log)} events, acknowledged in {len(crowd.acknowledged)} batches")
    assert min(map(len, crowd.readings)) > 10 * SECONDS, "hardly anything happened"


def test_the_oracle_finds_the_mistakes_of_a_log_without_conditions(
    dsn: str, tmp_path: Path
) -> None:
    """Shows that the test above can fail."""
    without_conditions(dsn)
    with Crowd(dsn, SEED, tmp_path) as crowd:
        crowd.wait_for_more()
        crowd.wait_for_more()
    assert any("had read" in complaint for complaint in complaints(entries(dsn), {}))


def without_conditions(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        definition = connection.execute(
            "select pg_get_functiondef('sample.append_in_transaction'::regproc)"
        ).fetchone()
        assert definition is not None
        checked = "if refusal is null and asked_types is not null and"
        assert checked in definition[0]
        connection.execute(definition[0].replace(checked, "if false and"))


@pytest.mark.parametrize(
    ("read", "expected"),
    [([1, 3], 0), ([1], 1), ([3], 1), ([1, 2, 3], 1), ([3, 1], 1)],
)
def test_a_decision_is_judged_by_all_that_it_read(read: list[int], expected: int) -> None:
    log = [
        Entry(1, "ITEM_ADDED", {}, {"batch": "a"}),
        Entry(2, "MISREAD", {}, {"batch": "a"}),
        Entry(3, "ITEM_ADDED", {}, {"batch": "b"}),
        Entry(4, "ITEM_ADDED", {}, {"batch": "c", **decision(ADDED, Digest().after(read))}),
    ]
    assert len(list(complaints(log, {"c": [4]}))) == expected


def test_gaps_and_lost_events_are_found() -> None:
    log = [Entry(2, "ITEM_ADDED", {}, {"batch": "a"})]
    assert list(complaints(log, {"a": [2], "b": [1]})) == [
        "event 2 is at place 1",
        "b was acknowledged as [1] and is []",
    ]


def test_a_command_that_was_done_twice_is_found() -> None:
    log = [Entry(id, "ITEM_ADDED", {}, {"batch": batch}) for id, batch in enumerate("aabca", 1)]
    assert list(complaints(log, {"b": [3]})) == ["a was done 2 times"]
