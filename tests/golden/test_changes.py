"""Each case is a story before and after, and what `storyline diff` says of it in a pull request."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from storyline_cli import FINE
from storyline_cli.__main__ import main

CASES = sorted(file.parent for file in (Path(__file__).parent / "changes").glob("*/before.toml"))


def git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "init.defaultBranch=main")
    subprocess.run(("git", *who, *words), cwd=folder, check=True, capture_output=True)


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a story that has not been committed yet."""
    (tmp_path / "schemas").mkdir()
    (tmp_path / "pyproject.toml").write_text("[tool.storyline]\n")
    git(tmp_path, "init")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "schemas/case.toml"


def committed(story: Path, text: str) -> None:
    story.write_text(text)
    assert main(["release"]) == FINE
    git(story.parent, "add", ".")
    git(story.parent, "commit", "-m", "before")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_change_is_told_as_accepted(
    case: Path, story: Path, accept: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    committed(story, (case / "before.toml").read_text())
    story.write_text((case / "after.toml").read_text())
    capsys.readouterr()
    assert main(["diff"]) == FINE
    told = capsys.readouterr().out
    expected = case / "expected.md"
    if accept:
        expected.write_text(told, encoding="utf-8", newline="\n")
    assert told == expected.read_text(encoding="utf-8")


def test_against_the_lock_nothing_is_said_of_words(
    story: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = CASES[-1]
    committed(story, (case / "before.toml").read_text())
    capsys.readouterr()
    assert main(["diff", "lock"]) == FINE
    assert capsys.readouterr().out == "No story has changed, compared with `lock`.\n"
    story.write_text((case / "after.toml").read_text())
    assert main(["diff", "lock"]) == FINE
    told = capsys.readouterr().out
    assert "`ITEM_PUT` was `ITEM_ADDED`" in told
    assert "```diff" not in told


def test_a_story_that_is_new_or_gone_is_told(
    story: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    committed(story, (CASES[0] / "before.toml").read_text())
    capsys.readouterr()
    story.write_text('story = "other"\n')
    story.with_name("case.lock.toml").unlink()
    assert main(["diff"]) == FINE
    told = capsys.readouterr().out
    assert '+ story = "other"' in told
    assert "The story `case` is gone" in told


def test_mistakes_of_a_story_are_told_instead(
    story: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    committed(story, (CASES[0] / "before.toml").read_text())
    story.write_text('story = "case"\n[events.WRONG]\nstream = "nowhere"\n')
    assert main(["diff"]) != FINE
    assert "error[unknown-stream]" in capsys.readouterr().out
