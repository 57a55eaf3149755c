"""A run with nothing to do says so at once. Each way in which that could be a lie is tried here."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from storyline_cli import FINDINGS, FINE, manifest
from storyline_cli.__main__ import main
from storyline_cli.configuration import configuration
from storyline_cli.recording import record, snapshot

TYPES = "app/story/shop/types.py"
STORY = "schemas/shop.toml"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "shop"
    root.mkdir()
    monkeypatch.chdir(root)
    assert main(["init", "shop"]) == FINE
    assert main(["generate"]) == FINE
    assert proves_nothing_to_do()
    return root


def proves_nothing_to_do() -> bool:
    return manifest.answer(["generate"]) is not None


def edit(path: Path) -> None:
    """Another byte at the same size."""
    content = path.read_bytes()
    path.write_bytes(content[:-2] + b"#\n")


def edit_and_put_the_time_back(path: Path) -> None:
    before = path.stat()
    edit(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def replace_by_a_link(path: Path) -> None:
    moved = path.with_name("moved")
    path.rename(moved)
    path.symlink_to(moved)


def rename(path: Path) -> None:
    path.rename(path.with_name("other.toml"))


def fail(path: str) -> str:
    return pytest.fail(f"{path} was read")


def add(text: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_text(text)

    return write


@pytest.mark.parametrize(
    ("path", "change"),
    [
        (TYPES, edit),
        (TYPES, edit_and_put_the_time_back),
        (TYPES, Path.unlink),
        (TYPES, replace_by_a_link),
        ("app/story/shop/events", replace_by_a_link),
        ("app", replace_by_a_link),
        ("app/story/shop/orphan.py", add("x = 1\n")),
        ("app/projections/shop/order.py", Path.unlink),
        ("app/story/__init__.py", Path.unlink),
        (STORY, edit),
        (STORY, edit_and_put_the_time_back),
        (STORY, rename),
        ("schemas/more.toml", add("[types]\n")),
        ("schemas/deeper", Path.mkdir),
        ("pyproject.toml", edit),
        ("migrations/0001_shop.sql", edit),
        ("migrations/0002_other.sql", add("")),
        (manifest.FILE, Path.unlink),
        (manifest.FILE, add("")),
        (manifest.FILE, add("\0 no manifest\n1\n2\n")),
        (manifest.FILE, edit),
    ],
)
def test_every_change_is_noticed(shop: Path, path: str, change: Callable[[Path], None]) -> None:
    change(shop / path)
    assert not proves_nothing_to_do()


def test_a_new_generated_module_that_nothing_asks_for_is_still_found(shop: Path) -> None:
    shutil.copy(shop / TYPES, shop / "app/story/shop/orphan.py")
    assert main(["generate", "--check"]) == FINDINGS


def test_two_changes_within_one_tick_of_the_clock_are_told_apart(shop: Path) -> None:
    """The marks are made to look alike, as a coarse clock would."""
    before = manifest.mark("file", str(shop / TYPES))
    edit(shop / TYPES)
    after = manifest.mark("file", str(shop / TYPES))
    kept = (shop / manifest.FILE).read_text()
    assert before in kept
    (shop / manifest.FILE).write_text(kept.replace(before, after))
    assert not proves_nothing_to_do()


def test_what_was_proved_by_its_hash_is_trusted_by_its_times_later(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manifest, "RECENT", -60_000_000_000)
    assert proves_nothing_to_do()
    monkeypatch.setattr(manifest, "file_hash", fail)
    assert proves_nothing_to_do()


def test_check_does_not_touch_the_manifest(shop: Path) -> None:
    before = (shop / manifest.FILE).stat()
    assert main(["generate", "--check"]) == FINE
    after = (shop / manifest.FILE).stat()
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)


def test_another_checkout_is_another_project(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(shop, shop.parent / "copy")
    monkeypatch.chdir(shop.parent / "copy")
    assert not proves_nothing_to_do()


def test_a_project_within_a_project_is_asked_itself(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shop / "app")
    assert proves_nothing_to_do()
    (shop / "app/pyproject.toml").write_text("[tool.storyline]\n")
    assert not proves_nothing_to_do()


@pytest.mark.parametrize("part", ["version", "prefix"])
def test_another_python_has_not_generated_it(
    shop: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    monkeypatch.setattr(sys, part, "other")
    assert not proves_nothing_to_do()


def test_another_version_of_the_tool_generates_again(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tool's own files are inputs like any other: templates, rules, and all."""
    tool = tmp_path / "tool"
    for package in ("storyline_cli", "storyline_generator"):
        shutil.copytree(Path(manifest.TOOL, package), tool / package)
    for module in ("storyline_cli.manifest", "storyline_cli.recording"):
        monkeypatch.setattr(f"{module}.TOOL", str(tool))
    assert not proves_nothing_to_do()
    assert main(["generate"]) == FINE
    assert proves_nothing_to_do()
    edit(tool / "storyline_generator/templates/events.py.jinja")
    assert not proves_nothing_to_do()


def test_what_changes_while_a_run_is_on_is_not_taken_for_seen(shop: Path) -> None:
    settings = configuration()
    before = snapshot(settings)
    assert before
    (shop / manifest.FILE).unlink()
    edit(shop / STORY)
    record(settings, before, {}, ())
    assert not (shop / manifest.FILE).exists()


def test_a_link_in_the_project_means_that_nothing_is_recorded(shop: Path) -> None:
    (shop / manifest.FILE).unlink()
    replace_by_a_link(shop / STORY)
    assert main(["generate"]) == FINE
    assert not (shop / manifest.FILE).exists()


def test_python_s_own_cache_is_no_change(shop: Path) -> None:
    (shop / "app/story/shop/__pycache__").mkdir()
    (shop / "app/story/shop/__pycache__/types.pyc").touch()
    assert proves_nothing_to_do()


def test_git_never_sees_the_manifest(shop: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=shop, check=True)
    said = subprocess.run(
        ["git", "status", "--short", "--untracked-files=all"],
        cwd=shop, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    assert "schemas/shop.toml" in said
    assert ".storyline" not in said


def test_a_run_with_nothing_to_do_imports_nothing_slow(shop: Path) -> None:
    code = (
        "import sys; from storyline_cli.__main__ import main; main(['generate']);"
        "sys.exit(', '.join({'re', 'typing', 'json', 'argparse'} & {*sys.modules}) or 0)"
    )
    assert main(["generate"]) == FINE
    subprocess.run([sys.executable, "-c", code], cwd=shop, check=True)
