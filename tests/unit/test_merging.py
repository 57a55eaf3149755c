"""Two branches change one story, and git merges them: `generate` makes the merged code anew."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from storyline_cli import FINDINGS, FINE
from storyline_cli.__main__ import main

EVENTS = "app/story/shop/events/order.py"
STORY = "schemas/shop.toml"
NEW = '\n[events.{}]\ndoc = "It happened."\nstream = "order"\nfields.note = "str"\n'


def git(*words: str) -> int:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    return subprocess.run(("git", *identity, *words), capture_output=True).returncode


def commit() -> None:
    assert git("add", ".") == 0
    assert git("commit", "--message=work") == 0


def add_event(shop: Path, name: str, *, before: str = "") -> None:
    story = (shop / STORY).read_text()
    place = story.index(before) if before else len(story)
    (shop / STORY).write_text(story[:place] + NEW.format(name) + "\n" + story[place:])
    assert main(["generate"]) == FINE
    commit()


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """In the middle of a merge: the story went together by itself, the generated code did not."""
    monkeypatch.chdir(tmp_path)
    assert git("init", "--initial-branch=main") == 0
    assert main(["init", "shop"]) == FINE
    assert main(["generate"]) == FINE
    commit()
    git("checkout", "-b", "other")
    add_event(tmp_path, "ORDER_PRAISED", before="[events.")
    git("checkout", "main")
    add_event(tmp_path, "ORDER_RETURNED")
    assert git("merge", "other") != 0
    assert "<<<<<<<" in (tmp_path / EVENTS).read_text()
    assert "<<<<<<<" not in (tmp_path / STORY).read_text()
    return tmp_path


def test_what_git_could_not_merge_is_generated_anew(shop: Path) -> None:
    assert main(["generate", "--check"]) == FINDINGS
    assert main(["generate"]) == FINE
    merged = (shop / EVENTS).read_text()
    assert "class OrderPraised(" in merged
    assert "class OrderReturned(" in merged
    assert not any("<<<<<<<" in file.read_text() for file in shop.rglob("app/**/*.py"))
    assert main(["generate", "--check"]) == FINE
    commit()


def test_an_edit_within_a_conflict_is_not_lost(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (shop / EVENTS).open("a") as file:
        file.write("mine = 1\n")
    before = (shop / EVENTS).read_text()
    assert main(["generate"]) == FINDINGS
    assert "Nothing was written." in capsys.readouterr().out
    assert (shop / EVENTS).read_text() == before


def test_an_edit_that_one_branch_had_committed_is_not_lost(
    tmp_path: Path, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    git("merge", "--abort")
    with (shop / EVENTS).open("a") as file:
        file.write("mine = 1\n")
    commit()
    assert git("merge", "other") != 0
    assert main(["generate"]) == FINDINGS
    assert "Nothing was written." in capsys.readouterr().out


def test_a_module_that_nobody_asks_for_any_more_goes_even_from_within_a_conflict(
    shop: Path,
) -> None:
    (shop / STORY).write_text('story = "shop"\n')
    for folder in ("projections", "validators"):
        for file in (shop / "app" / folder).glob("[!_]*.py"):
            file.unlink()
    assert main(["generate"]) == FINE
    assert not (shop / EVENTS).exists()


def test_generated_code_is_marked_as_such_for_git_once(shop: Path) -> None:
    expected = "*.png binary\napp/story/** linguist-generated\n"
    (shop / ".gitattributes").write_text("*.png binary")
    for _ in range(2):
        main(["init", "shop"])
        assert (shop / ".gitattributes").read_text() == expected


def test_of_two_first_releases_the_one_whose_file_is_there_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first = begin_on_two_branches(tmp_path, monkeypatch)
    assert main(["generate"]) == FINDINGS
    assert "1 error in 1 file" in capsys.readouterr().out  # not of the file, which is no mistake
    assert main(["migrations", "merge"]) == FINDINGS  # nobody has chosen yet
    assert git("checkout", "--theirs", first) == 0
    assert main(["migrations", "merge"]) == FINE
    assert main(["generate"]) == FINE
    (new,) = (tmp_path / "migrations").glob("0002_*.sql")
    assert "by_ours" in new.read_text()
    assert "by_theirs" not in new.read_text()
    assert main(["generate", "--check"]) == FINE
    assert main(["migrations", "merge"]) == FINE
    assert capsys.readouterr().out.endswith("Every number is there only once.\n")


def begin_on_two_branches(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each branch releases the story for the first time, with a filter of its own."""
    monkeypatch.chdir(folder)
    assert git("init", "--initial-branch=main") == 0
    assert main(["init", "shop"]) == FINE
    (folder / ".gitattributes").write_text("*.lock.toml merge=union\nschemas/*.toml merge=union\n")
    commit()
    for branch, event in (("theirs", "LINE_ADDED"), ("ours", "ORDER_PAID")):
        assert git("checkout", "-b", branch, "main") == 0
        text = (folder / STORY).read_text()
        asked = f'events = ["{event}"]\nwhere.order_id = "$order_id"\nindex = true # {branch}\n'
        asked = f"\n[filters.by_{branch}]\n{asked}"
        (folder / STORY).write_text(text + asked)
        assert main(["generate"]) == FINE
        assert main(["release"]) == FINE
        commit()
    assert git("merge", "theirs") != 0
    return "migrations/0001_shop.sql"
