"""The writer writes what is generated, and never harms what a person wrote."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from storyline_generator import writer
from storyline_generator.banner import stamped
from storyline_generator.renderer import RenderedFile

PACKAGE = "app/story"
TYPES = "app/story/todo/types.py"
SKELETON = "app/projections/list.py"


def owned(body: str) -> RenderedFile:
    return RenderedFile(stamped("x.py", body, "schemas/todo.toml"))


def files(body: str = "a = 1\n") -> dict[str, RenderedFile]:
    return {TYPES: owned(body), SKELETON: RenderedFile("mine = 1\n", once=True)}


def write(root: Path, wanted: Mapping[str, RenderedFile]) -> None:
    writer.write(root, writer.compare(root, PACKAGE, wanted))


def codes(root: Path, wanted: Mapping[str, RenderedFile]) -> list[tuple[str, str]]:
    found = writer.findings(writer.compare(root, PACKAGE, wanted))
    return [(finding.place.source.path, finding.code) for finding in found]


def texts(root: Path) -> dict[str, str]:
    paths = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes().decode() for path in paths}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write(tmp_path, files())
    return tmp_path


def test_everything_is_written_once(project: Path) -> None:
    assert texts(project) == {path: file.text for path, file in files().items()}
    assert writer.compare(project, PACKAGE, files()) == ()


def test_only_changed_files_are_touched(project: Path) -> None:
    before = (project / TYPES).stat().st_mtime_ns
    write(project, {**files(), "app/story/todo/filters.py": owned("b = 1\n")})
    assert (project / TYPES).stat().st_mtime_ns == before


def test_a_changed_schema_is_a_finding_until_it_is_written(project: Path) -> None:
    changed = files("a = 2\n")
    assert codes(project, changed) == [(TYPES, "changed-file")]
    write(project, changed)
    assert codes(project, changed) == []
    assert "a = 2" in texts(project)[TYPES]


def test_a_missing_file_is_a_finding(project: Path) -> None:
    (project / TYPES).unlink()
    assert codes(project, files()) == [(TYPES, "missing-file")]


def test_a_file_that_nothing_asks_for_is_removed_with_its_empty_folders(project: Path) -> None:
    wanted = {SKELETON: files()[SKELETON]}
    assert codes(project, wanted) == [(TYPES, "orphaned-file")]
    write(project, wanted)
    assert set(texts(project)) == {SKELETON}
    assert not (project / "app/story").exists()


def test_an_edited_file_stops_all_writing(project: Path) -> None:
    edited = texts(project)[TYPES] + "# mine\n"
    (project / TYPES).write_text(edited)
    changed = {**files("a = 2\n"), "app/story/todo/new.py": owned("b = 1\n")}
    write(project, changed)
    assert texts(project)[TYPES] == edited
    assert "app/story/todo/new.py" not in texts(project)
    assert (TYPES, "edited-file") in codes(project, changed)


def test_an_edited_file_that_nothing_asks_for_is_not_removed(project: Path) -> None:
    (project / TYPES).write_text(texts(project)[TYPES] + "# mine\n")
    write(project, {})
    assert TYPES in texts(project)
    assert codes(project, {}) == [(TYPES, "edited-file")]


@pytest.mark.parametrize("content", [b"print('mine')\n", b"", b"\xff\xfe"])
def test_a_foreign_file_is_never_overwritten(tmp_path: Path, content: bytes) -> None:
    (tmp_path / TYPES).parent.mkdir(parents=True)
    (tmp_path / TYPES).write_bytes(content)
    write(tmp_path, files())
    assert (tmp_path / TYPES).read_bytes() == content
    assert codes(tmp_path, files()) == [(TYPES, "foreign-file")]


def test_a_file_in_place_of_a_folder_is_foreign(tmp_path: Path) -> None:
    (tmp_path / "app").write_text("")
    write(tmp_path, files())
    assert codes(tmp_path, files()) == [("app", "foreign-file")]


def test_a_foreign_file_beside_ours_is_left_alone(project: Path) -> None:
    (project / "app/story/todo/notes.py").write_text("mine = 1\n")
    assert codes(project, files()) == []


def test_a_skeleton_belongs_to_the_user(project: Path) -> None:
    (project / SKELETON).write_text("class Mine: ...\n")
    write(project, {**files(), SKELETON: RenderedFile("other = 1\n", once=True)})
    assert texts(project)[SKELETON] == "class Mine: ...\n"
    assert codes(project, files()) == []


def test_a_skeleton_that_is_missing_is_no_finding(project: Path) -> None:
    (project / SKELETON).unlink()
    assert codes(project, files()) == []


def test_a_skeleton_that_is_a_link_is_the_user_s_business(project: Path) -> None:
    (project / "elsewhere.py").write_text("class Mine: ...\n")
    (project / SKELETON).unlink()
    (project / SKELETON).symlink_to(project / "elsewhere.py")
    assert codes(project, files()) == []


def test_line_ends_of_a_checkout_are_no_edit(project: Path) -> None:
    with_returns = texts(project)[TYPES].replace("\n", "\r\n")
    (project / TYPES).write_bytes(with_returns.encode())
    assert codes(project, files()) == []
    assert codes(project, files("a = 2\n")) == [(TYPES, "changed-file")]


@pytest.mark.parametrize("link", ["app", "app/story/todo", TYPES])
def test_no_link_is_followed(tmp_path: Path, link: str) -> None:
    outside, root = tmp_path / "outside", tmp_path / "root"
    outside.mkdir()
    (root / link).parent.mkdir(parents=True)
    (root / link).symlink_to(outside)
    write(root, {TYPES: files()[TYPES]})
    assert list(outside.iterdir()) == []
    assert codes(root, files()) == [(link, "unsafe-path")]


def test_no_path_leaves_the_project(tmp_path: Path) -> None:
    away = "app/../../types.py"
    assert codes(tmp_path, {away: owned("a = 1\n")}) == [("app/..", "unsafe-path")]


def test_a_run_that_is_killed_leaves_no_file_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", killed)
    for wanted in files().items():
        with pytest.raises(KeyboardInterrupt):
            write(tmp_path, dict([wanted]))
    assert texts(tmp_path) == {}


@pytest.mark.parametrize("path", [TYPES, SKELETON])
def test_what_appears_while_a_run_goes_on_is_not_overwritten(tmp_path: Path, path: str) -> None:
    differences = writer.compare(tmp_path, PACKAGE, {path: files()[path]})
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_text("mine = 1\n")
    with pytest.raises(FileExistsError):
        writer.write(tmp_path, differences)
    assert texts(tmp_path) == {path: "mine = 1\n"}


def test_the_difference_is_shown_as_a_patch(project: Path) -> None:
    wanted = {"app/story/todo/new.py": owned("b = 1\n"), SKELETON: files()[SKELETON]}
    patch = writer.diff(writer.compare(project, PACKAGE, wanted))
    assert "--- /dev/null\n+++ b/app/story/todo/new.py\n" in patch
    assert f"--- a/{TYPES}\n+++ /dev/null\n" in patch
    assert "\n-a = 1\n" in patch
