"""Where files go is decided by names alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from storyline_generator.plan.layout import Layout, package_markers

LAYOUT = Layout("app/story", "migrations", "sync")


def test_the_first_migration_is_number_one() -> None:
    assert LAYOUT.migration_path("todo") == "migrations/0001_todo.sql"


@pytest.mark.parametrize(
    ("existing", "expected"),
    [
        (("0001_shop.sql",), "migrations/0002_todo.sql"),
        (("0007_shop.sql", "notes.md"), "migrations/0008_todo.sql"),
        (("0003_todo.sql", "0004_shop.sql"), "migrations/0003_todo.sql"),
        (("20260101120000_users.sql",), "migrations/20260101120001_todo.sql"),
    ],
)
def test_a_story_keeps_its_number_and_a_new_one_takes_the_next(
    existing: tuple[str, ...], expected: str
) -> None:
    assert replace(LAYOUT, existing_migrations=existing).migration_path("todo") == expected


def test_two_new_stories_take_two_numbers() -> None:
    assert LAYOUT.with_migration_of("a").migration_path("b") == "migrations/0002_b.sql"


def test_folders_of_modules_become_packages() -> None:
    paths = ["src/app/story/todo/types.py", "src/app/projections/list.py", "migrations/0001_a.sql"]
    assert package_markers(paths) == (
        "src/app/__init__.py",
        "src/app/projections/__init__.py",
        "src/app/story/__init__.py",
        "src/app/story/todo/__init__.py",
    )


def test_the_user_writes_beside_the_generated_package() -> None:
    assert LAYOUT.user_path("projections", "todo", "list") == "app/projections/todo/list.py"
    assert replace(LAYOUT, package="story").user_path("validators", "s", "a") == "validators/s/a.py"
