"""`storyline verify`, on the log of the example `todo`: every fault that is planted is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from database.log_client import batch
from storyline.migrations import migrate_up
from storyline.verification.log import Kind, Samples
from storyline.verification.oracle import Digest, decision
from storyline_cli import FINDINGS, FINE, USAGE
from storyline_cli.__main__ import main

TODO = Path(__file__).parents[2] / "examples/todo"
ADDED = [{"types": ["ITEM_ADDED"], "field": "list_id", "operator": "eq", "value": "home"}]


@pytest.fixture
def dsn(storyline_dsn: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Three appends, the last of them decided on the first two."""
    monkeypatch.chdir(TODO)
    migrate_up(storyline_dsn, TODO / "migrations")
    append(storyline_dsn, "LIST_CREATED", {"list_id": "home", "name": "Home"})
    for item in ("milk", "eggs"):
        append(storyline_dsn, "ITEM_ADDED", item_of("home", item))
    append(storyline_dsn, "ITEM_ADDED", item_of("home", "tea"), decided_on(2, 3))
    return storyline_dsn


def item_of(list_id: str, item: str) -> dict[str, Any]:
    return {"list_id": list_id, "item_id": item, "title": item, "priority": "normal"}


def decided_on(*ids: int) -> dict[str, Any]:
    return decision(ADDED, Digest().after(ids))  # type: ignore[arg-type]


def append(
    dsn: str,
    type: str,
    data: dict[str, Any],
    metadata: dict[str, Any] | None = None,
    version: int = 1,
    count: int = 1,
) -> None:
    event = {"type": type, "version": version, "data": data}
    with psycopg.connect(dsn) as connection:
        connection.execute(
            "select todo.append_in_transaction(%s, %s, %s, %s)",
            batch(*[event] * count, **metadata or {}),
        )


def tampered(dsn: str, *statements: str) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute("alter table todo.events disable trigger events_are_facts")
        for statement in statements:
            connection.execute(statement.encode())
        connection.execute("alter table todo.events enable always trigger events_are_facts")


def executed(dsn: str, statement: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(statement.encode())


def report(capsys: pytest.CaptureFixture[str], dsn: str, *arguments: str) -> dict[str, Any]:
    """What it says as JSON; an answer of its own for the exit code."""
    code = main(["verify", "--dsn", dsn, "--format", "json", *arguments])
    said = json.loads(capsys.readouterr().out)
    found = [finding["code"] for story in said["stories"] for finding in story["findings"]]
    found += [finding["code"] for finding in said["migrations"]]
    assert code == (FINDINGS if found else FINE)
    return {**said, "codes": found}


def test_a_sound_log_is_counted_by_type_and_version(
    dsn: str, capsys: pytest.CaptureFixture[str]
) -> None:
    said = report(capsys, dsn)
    assert said["codes"] == []
    assert said["stories"][0]["counts"] == [
        {"type": "ITEM_ADDED", "version": 1, "events": 3},
        {"type": "LIST_CREATED", "version": 1, "events": 1},
    ]
    assert main(["verify", "--dsn", dsn, "--all"]) == FINE
    assert "Nothing is wrong." in capsys.readouterr().out


FAULTS: dict[str, tuple[str, Callable[[str], None]]] = {
    "a gap": (
        "gap wrong-decision",
        lambda dsn: tampered(dsn, "delete from todo.events where id = 3"),
    ),
    "the first event": ("gap", lambda dsn: tampered(dsn, "delete from todo.events where id=1")),
    "the last event": ("gap", lambda dsn: tampered(dsn, "delete from todo.events where id=4")),
    "time": (
        "time-runs-backwards",
        lambda dsn: tampered(dsn, "update todo.events set created_at = '1999-1-1' where id = 3"),
    ),
    "a head that is behind": (
        "beyond-the-head",
        lambda dsn: executed(dsn, "update todo.heads set last_id = 3"),
    ),
    "a disabled trigger": (
        "events-unprotected",
        lambda dsn: executed(dsn, "alter table todo.events disable trigger events_are_facts"),
    ),
    "a trigger that replicas spare": (
        "events-unprotected",
        lambda dsn: executed(dsn, "alter table todo.events enable trigger events_are_facts"),
    ),
    "no trigger": (
        "events-unprotected",
        lambda dsn: executed(dsn, "drop trigger events_are_facts on todo.events"),
    ),
    "no index": ("missing-index", lambda dsn: executed(dsn, f"drop index {an_index(dsn)}")),
    "an invalid index": (
        "invalid-index",
        lambda dsn: executed(
            dsn,
            "update pg_index set indisvalid = false where indexrelid in"
            " (select (schemaname || '.' || indexname)::regclass from pg_indexes"
            " where indexname like 'events_by%')",
        ),
    ),
    "no statistics": (
        "missing-statistics",
        lambda dsn: executed(dsn, f"drop statistics {some_statistics(dsn)}"),
    ),
    "an unknown type": ("unknown-type", lambda dsn: append(dsn, "NEVER_HEARD", {})),
    "a newer version": (
        "newer-version",
        lambda dsn: append(dsn, "ITEM_ADDED", item_of("home", "x"), version=99),
    ),
    "a missing field": ("unreadable", lambda dsn: append(dsn, "ITEM_ADDED", {"list_id": "home"})),
    "an event that was missed": (
        "wrong-decision",
        lambda dsn: append(dsn, "ITEM_ADDED", item_of("home", "x"), decided_on(2, 3)),
    ),
    "an earlier one that was missed": (
        "wrong-decision",
        lambda dsn: append(dsn, "ITEM_ADDED", item_of("home", "x"), decided_on(2, 4)),
    ),
    "the wrong order": (
        "wrong-decision",
        lambda dsn: append(dsn, "ITEM_ADDED", item_of("home", "x"), decided_on(3, 2, 4)),
    ),
    "another story": (
        "unsuitable-database",
        lambda dsn: executed(dsn, "comment on table todo.heads is 'The log of story shop'"),
    ),
    "a migration that is not applied": (
        "pending-migration",
        lambda dsn: executed(dsn, "delete from storyline.migrations"),
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_and_nothing_else(
    dsn: str, capsys: pytest.CaptureFixture[str], fault: str
) -> None:
    codes, plant = FAULTS[fault]
    plant(dsn)
    assert set(report(capsys, dsn)["codes"]) == set(codes.split())


def an_index(dsn: str) -> str:
    return name_in(dsn, "select min(indexname) from pg_indexes where indexname like 'events_by%'")


def some_statistics(dsn: str) -> str:
    return name_in(dsn, "select min(stxname) from pg_statistic_ext")


def name_in(dsn: str, query: str) -> str:
    with psycopg.connect(dsn) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return f'todo."{row[0]}"'


def test_a_later_decision_on_other_lists_is_not_blamed(
    dsn: str, capsys: pytest.CaptureFixture[str]
) -> None:
    append(dsn, "ITEM_ADDED", item_of("work", "tea"), count=2)
    append(dsn, "ITEM_ADDED", item_of("home", "x"), decided_on(2, 3, 4), count=3)
    append(dsn, "ITEM_ADDED", item_of("home", "y"), decided_on(2, 3, 4, 7, 8, 9))
    assert report(capsys, dsn)["codes"] == []


def test_only_samples_are_read_unless_all_are_asked_for(
    dsn: str, capsys: pytest.CaptureFixture[str]
) -> None:
    append(dsn, "ITEM_ADDED", {"list_id": "home"})
    append(dsn, "ITEM_ADDED", item_of("work", "x"), count=3000)
    assert report(capsys, dsn, "--sample", "0")["codes"] == []
    assert report(capsys, dsn, "--all")["codes"] == ["unreadable"]


def test_an_unreadable_log_does_not_fill_the_report(
    dsn: str, capsys: pytest.CaptureFixture[str]
) -> None:
    append(dsn, "ITEM_ADDED", {"list_id": "home"}, count=3000)
    found = report(capsys, dsn, "--all")["stories"][0]["findings"]
    assert len(found) == 21
    assert found[-1]["message"] == "And 2980 more of `unreadable`."


def test_every_event_is_drawn_as_likely_as_another() -> None:
    samples = Samples(2)
    for id, chance in ((1, 0.5), (2, 0.1), (3, 0.9), (4, 0.2), (5, 0.7)):
        samples.add(Kind("A", 1), id, chance)
    assert samples.ids == [2, 4, 5], "the two lowest chances, and the two newest"


def test_what_the_user_can_put_right_is_told_without_a_report(
    dsn: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", "--dsn", "host=/nowhere"]) == USAGE
    assert main(["verify", "--dsn", dsn, "--story", "shop"]) == USAGE
    assert main(["verify", "--dsn", dsn, "--sample", "-1"]) == USAGE
    assert main(["verify", "--dsn", dsn, "--format", "sarif"]) == USAGE
    assert "There is no story `shop`." in capsys.readouterr().err
