"""Where files go is decided by names alone."""

from __future__ import annotations

from storyline_generator.immutable import replaced
from storyline_generator.plan.layout import Layout, package_markers

LAYOUT = Layout("app/story", "migrations", "sync")


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
    assert (
        replaced(LAYOUT, package="story").user_path("validators", "s", "a") == "validators/s/a.py"
    )
