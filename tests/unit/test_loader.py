"""What the loader reads from disk, and how it says that it cannot."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from storyline_generator.reading.loader import Loaded, load
from storyline_generator.reading.spans import span_of

from .story_texts import messages


def write(root: Path, **files: str) -> Loaded:
    for name, text in files.items():
        path = root / "schemas" / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".toml").write_text(text, encoding="utf-8")
    return load(root / "schemas", root)


def test_every_file_that_names_a_story_is_one(tmp_path: Path) -> None:
    loaded = write(tmp_path, todo='story = "todo"', courses='story = "courses"')
    assert [document.tables["story"] for document in loaded.documents] == ["courses", "todo"]
    assert not loaded.diagnostics


def test_paths_are_shown_relative_to_the_project(tmp_path: Path) -> None:
    loaded = write(tmp_path, deep__inside__todo='story = "todo"')
    assert loaded.documents[0].main.path == "schemas/deep/inside/todo.toml"


def test_a_folder_that_may_not_be_read_is_told_and_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scandir = os.scandir

    def refusing(folder: str) -> object:
        if str(folder).endswith("shop"):
            raise PermissionError(13, "Permission denied", folder)
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", refusing)
    loaded = write(tmp_path, todo='story = "todo"', shop__shop='story = "shop"')
    assert messages(loaded.diagnostics) == ["`schemas/shop` cannot be read: permission denied."]


def test_a_single_file_can_be_loaded(tmp_path: Path) -> None:
    write(tmp_path, todo='story = "todo"')
    assert len(load(tmp_path / "schemas" / "todo.toml", tmp_path).documents) == 1


def test_the_sections_of_a_folder_come_together(tmp_path: Path) -> None:
    loaded = write(
        tmp_path,
        a="[events.A]\nx = 1\n[types]\nT = 1",
        main='story = "todo"\n[events.B]\n',
        z="[events.C]\nx-note = 1",
    )
    [document] = loaded.documents
    assert document.tables["events"] == {"B": {}, "A": {"x": 1}, "C": {"x-note": 1}}
    assert document.tables["types"] == {"T": 1}


def test_a_place_is_in_the_file_that_says_it(tmp_path: Path) -> None:
    loaded = write(tmp_path, main='story = "todo"\n[events.B]', other="\n\n[events.A]\nx = 1")
    [document] = loaded.documents
    place = document.place(("events", "A", "x"))
    assert place.source.path == "schemas/other.toml"
    assert span_of(place).position(place.source) == (4, 1)
    assert document.place(("events", "B")).source.path == "schemas/main.toml"
    assert [source.path for source in document.sources] == [
        "schemas/main.toml",
        "schemas/other.toml",
    ]


def test_lock_files_are_not_schemas(tmp_path: Path) -> None:
    write(tmp_path, todo='story = "todo"')
    (tmp_path / "schemas" / "todo.lock.toml").write_text("[[[")
    loaded = load(tmp_path / "schemas", tmp_path)
    assert len(loaded.documents) == 1
    assert not loaded.diagnostics


def test_a_folder_without_schemas_says_so(tmp_path: Path) -> None:
    (tmp_path / "schemas").mkdir()
    loaded = load(tmp_path / "schemas", tmp_path)
    assert messages(loaded.diagnostics) == ["no schema file here names its story."]


def test_a_pipe_with_the_name_of_a_schema_file_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "schemas").mkdir()
    os.mkfifo(tmp_path / "schemas/todo.toml")
    loaded = load(tmp_path / "schemas", tmp_path)
    assert messages(loaded.diagnostics) == ["`schemas/todo.toml` cannot be read: it is no file."]


def test_hidden_files_are_those_of_tools(tmp_path: Path) -> None:
    (tmp_path / "schemas/.cache").mkdir(parents=True)
    (tmp_path / "schemas/todo.toml").write_text('story = "todo"')
    (tmp_path / "schemas/.#todo.toml").symlink_to("somebody@edits")
    (tmp_path / "schemas/.cache/x.toml").write_text("y = 1")
    loaded = load(tmp_path / "schemas", tmp_path)
    assert [document.main.path for document in loaded.documents] == ["schemas/todo.toml"]
    assert not loaded.diagnostics


def test_a_broken_file_does_not_hide_the_other_stories(tmp_path: Path) -> None:
    loaded = write(tmp_path, broken="x = ", todo='story = "todo"')
    assert len(loaded.documents) == 1
    assert messages(loaded.diagnostics) == ["this is not TOML: invalid value."]


def test_a_broken_file_is_the_only_mistake_of_its_folder(tmp_path: Path) -> None:
    loaded = write(tmp_path, broken="story = ", types="[types]")
    assert loaded.documents == ()
    assert [diagnostic.code for diagnostic in loaded.diagnostics] == ["invalid-toml"]


@pytest.mark.parametrize(
    ("text", "second", "first"),
    [
        ("[a]\nx = 1\n[a]\n", (3, 2), (1, 2)),
        ("a = 1\na = 2\n", (2, 1), (1, 1)),
        ("a = { b = 1 }\na.c = 2\n", (2, 3), (1, 1)),
        ("a = { b = 1, b = 2 }", (1, 14), (1, 7)),
        ("[a.b]\n[a]\nb.c = 1\n", (3, 3), (1, 4)),
        ("a = [1]\n[[a]]\n", (2, 3), (1, 1)),
        ("[a]\r\n[b]\r\n[a] # again\r\n[b]\r\n", (3, 2), (1, 2)),
        ("x = [1,\n  { a = 1, a = 2 },\n]\n", (2, 12), (2, 5)),
    ],
)
def test_a_duplicate_within_a_file_names_both_places(
    text: str, second: tuple[int, int], first: tuple[int, int], tmp_path: Path
) -> None:
    (tmp_path / "story.toml").write_bytes(text.encode())
    [diagnostic] = load(tmp_path / "story.toml", tmp_path).diagnostics
    places = [diagnostic.place, diagnostic.related[0].place]
    assert [span_of(place).position(place.source) for place in places] == [second, first]
    assert diagnostic.code == "declared-twice"


@pytest.mark.parametrize(
    "text", ["x = " + "9" * 5000, ".".join("a" * 2000) + " = 1", "x=" + "[" * 9999]
)
def test_a_monstrous_text_is_refused_and_not_crashed_upon(text: str, tmp_path: Path) -> None:
    (tmp_path / "story.toml").write_text(text)
    [diagnostic] = load(tmp_path / "story.toml", tmp_path).diagnostics
    assert diagnostic.code == "invalid-toml"


def test_the_files_of_a_story_may_have_the_same_keys_of_your_own(tmp_path: Path) -> None:
    text = "x-owner = 1\n[x-notes]\na = 1\n[types]\nx-note = 1\n"
    loaded = write(tmp_path, main=f'story = "todo"\n{text}', other=text)
    assert not loaded.diagnostics


def test_a_section_that_is_none_in_one_file_is_left_to_the_resolver(tmp_path: Path) -> None:
    loaded = write(tmp_path, main='story = "todo"\ntypes = 3', other="[types]\nT = 1")
    assert loaded.documents[0].tables["types"] == 3
    assert not loaded.diagnostics
