"""What `from storyline import …` offers, to people and to type checkers alike."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import storyline

SOURCE = ast.parse(Path(storyline.__file__).read_text(encoding="utf-8"))
DECLARED = {
    alias.asname: node.module
    for node in ast.walk(SOURCE)
    if isinstance(node, ast.ImportFrom)
    for alias in node.names
    if alias.asname
}


@pytest.mark.parametrize("name", sorted(DECLARED))
def test_a_name_that_type_checkers_see_can_be_imported(name: str) -> None:
    assert hasattr(storyline, name)


def test_an_unknown_name_is_an_import_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        getattr(storyline, "Nothing")  # noqa: B009


def test_every_name_is_listed_before_it_is_used() -> None:
    assert names_seen_by("print(*dir(storyline))") >= {*DECLARED, "__name__"}
    assert names_seen_by("import storyline.testing as it; print(*dir(it))") >= {"given"}
    assert names_seen_by("import storyline.migrations as it; print(*dir(it))") >= {"migrate_up"}


def test_a_star_imports_what_type_checkers_see() -> None:
    seen = names_seen_by("from storyline import *; print(*vars())")
    assert seen >= {*DECLARED} - {"lazy_exports"}
    assert "TYPE_CHECKING" not in seen


def names_seen_by(code: str) -> set[str]:
    """In a process that has used none of them."""
    call = [sys.executable, "-c", f"import storyline; {code}"]
    return {*subprocess.run(call, capture_output=True, text=True, check=True).stdout.split()}


@pytest.mark.parametrize(
    ("names", "spared"),
    [
        ("Story, lazy_exports", {"pydantic", "psycopg"}),
        ("Event, Query, Text, State", {"psycopg"}),
        ("SingleStreamValidator, SingleStreamProjection", {"psycopg"}),
    ],
)
def test_only_what_is_used_is_imported(names: str, spared: set[str]) -> None:
    code = f"import sys; from storyline import {names}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not spared & set(done.stdout.split())
