"""What is known to a database and what is there → the state of each migration."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from storyline.migrations.comparison import Applied, State, compared, to_apply
from storyline.migrations.files import MigrationFile, migration_file


def file(name: str, *said: str, up: str = "select 1;") -> MigrationFile:
    lines = [f"-- storyline:{words}" for words in said]
    return migration_file(name, f"{name}.sql", "\n".join((*lines, f"-- migrate:up\n{up}")))


def applied(*files: MigrationFile) -> list[Applied]:
    return [Applied(each.name, each.up.checksum, None, datetime.now(UTC)) for each in files]


FIRST = file("0001_todo", "after")
SECOND = file("0002_todo-a", "after todo")
OTHER = file("0002_todo-b", "after todo", up="select 2;")


def states(files: list[MigrationFile], known: list[Applied]) -> dict[str, State]:
    return {status.name: status.state for status in compared(files, known)}


def test_a_file_that_says_what_it_needs_may_come_late() -> None:
    assert states([FIRST, SECOND, OTHER], applied(FIRST, OTHER))["0002_todo-a"] is State.PENDING
    by_hand = file("0002_mine")
    assert states([FIRST, by_hand, OTHER], applied(FIRST, OTHER))["0002_mine"] is State.LATE


def test_a_file_whose_need_is_not_there_is_refused() -> None:
    assert states([SECOND], []) == {"0002_todo-a": State.UNFOUNDED}


@pytest.mark.parametrize(
    ("up", "expected"),
    [
        ("select 2;", {"0003_todo-b": State.APPLIED}),
        ("select 3;", {"0003_todo-b": State.PENDING, "0002_todo-b": State.MISSING}),
    ],
)
def test_a_file_with_another_number_is_known_by_what_it_says(
    up: str, expected: dict[str, State]
) -> None:
    moved = file("0003_todo-b", "after todo", up=up)
    assert expected.items() <= states([FIRST, moved], applied(FIRST, OTHER)).items()


def test_a_baseline_counts_as_applied_where_all_is_that_it_stands_for() -> None:
    baseline = file("0001_todo-baseline", "after", "replaces todo todo-a")
    later = file("0003_todo-c", "after todo-a")
    assert states([baseline, later], applied(FIRST, SECOND)) == {
        "0001_todo-baseline": State.APPLIED,
        "0003_todo-c": State.PENDING,
    }
    assert states([baseline], applied(FIRST))["0001_todo-baseline"] is State.HALF_REPLACED
    assert set(states([baseline, later], []).values()) == {State.PENDING}


def test_only_what_nothing_pending_needs_is_left_for_later() -> None:
    unused = file("0003_todo-unused", "after todo-a", "deferrable")
    later = file("0004_todo-d", "after todo-unused")
    pending = compared([FIRST, SECOND, unused], applied(FIRST))
    assert [each.name for each in to_apply(pending, rolling=True)] == ["0002_todo-a"]
    assert len(to_apply(pending)) == 2
    all_of_it = compared([FIRST, SECOND, unused, later], applied(FIRST))
    assert len(to_apply(all_of_it, rolling=True)) == 3
