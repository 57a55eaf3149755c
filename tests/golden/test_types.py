"""All generated code passes the type checkers at their strictest, without a silencing comment.

One call of each for everything: the golden cases, and a story with every type, operator and
constraint, and every name that could be mistaken for something else, in both flavours.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from .cases import cases, generated_python, written

STORIES = Path(__file__).parents[1] / "unit/stories"
RUNTIME = Path(__file__).parents[2] / "runtime"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    for case in cases():
        written(folder / case.name, case.generated())
    for client in ("sync", "async"):
        written(folder, generated_python(STORIES, "everything.toml", f"{client}_app", client))
    return folder


def test_mypy_has_nothing_to_say(project: Path) -> None:
    config = f"[mypy]\nstrict = true\nmypy_path = {RUNTIME}\n"
    (project / "mypy.ini").write_text(config)
    assert output(project, "mypy", *folders(project)).startswith("Success")


def test_pyright_has_nothing_to_say(project: Path) -> None:
    config = {
        "typeCheckingMode": "strict",
        "pythonVersion": "3.11",
        "extraPaths": [str(RUNTIME)],
        "include": folders(project),
    }
    (project / "pyrightconfig.json").write_text(json.dumps(config))
    said = output(project, "pyright", "--pythonpath", sys.executable)
    assert "0 errors, 0 warnings" in said, said


def test_ruff_has_nothing_to_say(project: Path) -> None:
    assert output(project, "ruff", "check", "--isolated", "--extend-select=I", ".") == (
        "All checks passed!\n"
    )
    formatting = ("--isolated", "--target-version=py311", "--check", ".")
    assert "would be reformatted" not in output(project, "ruff", "format", *formatting)


def test_every_name_of_the_story_with_every_name_can_be_used(
    project: Path,
) -> None:
    for flavour in ("sync_app", "async_app"):
        code = f"from {flavour}.story.everything import *; EveryType.where(); ReservedWords.where()"
        subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=project, check=True)


def folders(project: Path) -> list[str]:
    return sorted(path.name for path in project.iterdir() if (path / "__init__.py").exists())


def output(folder: Path, *command: str) -> str:
    """What a tool of this environment prints; it is the assertion that says whether it is good."""
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True
    )
    return done.stdout + done.stderr
