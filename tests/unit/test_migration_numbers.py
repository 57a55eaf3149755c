"""Every migration has a number of its own, and keeps it where it can."""

from __future__ import annotations

import pytest

from storyline_generator.diagnostics import collected
from storyline_generator.lock import Lock
from storyline_generator.lock.tree import Tree
from storyline_generator.plan.numbers import numbered
from storyline_generator.released_files import released_files, renumbered
from storyline_generator.source import Source


@pytest.mark.parametrize(
    ("there", "released", "expected"),
    [
        ((), (), "0001_todo.sql"),
        (("0001_shop.sql",), (), "0002_todo.sql"),
        (("0007_shop.sql", "notes.md"), (), "0008_todo.sql"),
        (("0003_todo.sql", "0004_shop.sql"), (), "0003_todo.sql"),
        (("20260101120000_users.sql",), (), "20260101120001_todo.sql"),
        (("0001_todo.sql", "0001_users.sql"), (), "0002_todo.sql"),
        (("0001_todo-list.sql",), (), "0001_todo.sql"),
        (("0001_todo_list.sql",), (), "0002_todo.sql"),
    ],
)
def test_a_migration_keeps_its_number_or_takes_the_next(
    there: tuple[str, ...], released: tuple[str, ...], expected: str
) -> None:
    assert numbered(there, "todo", released, ["todo"]) == (expected,)


def test_what_is_not_released_comes_after_what_is() -> None:
    there = ("0001_todo.sql", "0002_todo-a.sql", "0002_todo-b.sql", "0003_todo-c.sql")
    released = {"todo", "todo-c"}
    assert numbered(there, "todo", released, ["todo-d"]) == ("0004_todo-d.sql",)
    assert numbered(there, "todo", {"todo"}, ["todo-d", "todo-e"]) == (
        "0002_todo-d.sql",
        "0003_todo-e.sql",
    )


def lock(**parents: tuple[str, ...]) -> Lock:
    facts: Tree = {
        name.replace("_", "-"): {"hash": name, "after": dict.fromkeys(after, True)}
        for name, after in parents.items()
    }
    return Lock(Source("todo.lock.toml", ""), {"migrations": facts})


FORKED = lock(todo=(), todo_a=("todo",), todo_b=("todo",), todo_c=("todo-b",))


def codes(locks: dict[str, Lock], files: dict[str, str]) -> list[str]:
    return [found.code for found in collected(released_files(locks, files))[1]]


def test_of_two_heads_one_gives_way_with_all_that_follows_it() -> None:
    files = {
        "0001_todo.sql": "todo",
        "0002_todo-a.sql": "todo_a",
        "0002_todo-b.sql": "todo_b",
        "0003_todo-c.sql": "todo_c",
    }
    assert codes({"todo": FORKED}, files) == ["two-heads"]
    renamed = renumbered({"todo": FORKED}, files)
    assert renamed == {
        "0002_todo-b.sql": "0004_todo-b.sql",
        "0003_todo-c.sql": "0005_todo-c.sql",
    }
    merged = {renamed.get(name, name): hash for name, hash in files.items()}
    assert codes({"todo": FORKED}, merged) == []
    assert renumbered({"todo": FORKED}, merged) == {}


def test_what_somebody_else_has_numbered_stays_where_it_is() -> None:
    files = {"0001_todo.sql": "todo", "0001_users.sql": "x", "0002_more.sql": "y"}
    locks = {"todo": lock(todo=())}
    assert codes(locks, files) == ["shared-number"]
    assert renumbered(locks, files) == {"0001_todo.sql": "0003_todo.sql"}


def test_two_files_of_ones_own_may_share_a_number() -> None:
    assert codes({"todo": lock()}, {"0001_a.sql": "", "0001_b.sql": "", "0001_todo.sql": ""}) == []


def test_a_released_file_that_is_gone_or_changed_is_told() -> None:
    locks = {"todo": lock(todo=(), todo_a=("todo",))}
    assert codes(locks, {"0001_todo.sql": "another"}) == ["changed-migration", "missing-migration"]
