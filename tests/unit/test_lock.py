"""What has been released: as facts, as text, and after the next release."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from storyline_cli import FINDINGS, FINE
from storyline_cli.__main__ import main
from storyline_generator.diagnostics import collected
from storyline_generator.lock import Lock, Tree, frozen, lock_text, news, read_lock, released
from storyline_generator.source import Source

from .story_texts import TODO, resolved

NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


def lock_of(text: str) -> Lock:
    lock, found = collected(read_lock(Source("todo.lock.toml", text)))
    assert not found
    return lock


def shapes(fields: str, types: str = "") -> Tree:
    story = 'story = "x"\n[streams.s]\nkey = "k"\nfields.k = "str"\n[events.E]\nstream = "s"\n'
    return frozen(resolved(f"{story}{fields}\n[types]\n{types}"), {})


def version_1(tree: Any) -> Any:
    return {key: field for key, field in tree["events"]["E"]["1"]["fields"].items() if key != "k"}


def test_a_lock_is_toml_and_reads_as_it_was_written() -> None:
    tree = frozen(resolved(TODO), {"events_by_list_stream": "events using btree (id)"})
    text = lock_text(tree)
    assert lock_of(text).tree == tree
    assert tomli.loads(text) == tree
    assert lock_text(lock_of(text).tree) == text


@given(NAMES, NAMES, NAMES)
def test_hostile_text_stays_text(event: str, key: str, default: str) -> None:
    field: Tree = {"type": "enum", "values": {key: True}, "default": default}
    tree: Tree = {"format": 1, "events": {event: {"1": {"fields": {key: field}}}}}
    text = lock_text(tree)
    assert text.count("\n") == 3 + 4
    assert tomli.loads(text) == tree
    assert lock_of(text).tree == tree


@pytest.mark.parametrize(
    "line",
    [
        'events.E.1.fields.title.type = "str" # why',
        'events.E.one.fields.title.type = "str"',
        'events.E.1.fields.title.type = ["str"]',
        'events.E.1.fields.title.max_length = "9"',
        "events.E.1.fields.title.optional = 1",
        "events.E.1.fields.title.values.low = false",
        'events.E.1.fields.title.type = "\\q"',
        "[events.E]",
        "format = 2",
        'doc = "mine"',
        "events.E = true",
        "=",
        "\0",
    ],
)
def test_a_line_that_no_release_writes_is_damage(line: str) -> None:
    _, found = collected(read_lock(Source("todo.lock.toml", f"format = 1\n{line}\n")))
    assert [diagnostic.code for diagnostic in found] == ["damaged-lock"]


def test_types_are_written_out_and_both_bounds_hold() -> None:
    tree = shapes(
        'fields.title = { type = "Title", max_length = 9, pattern = "b" }\nfields.at = "Place?"',
        'Title = { base = "str", min_length = 1, max_length = 20, pattern = "a" }\n'
        'Place = { fields = { x = { type = "decimal", min = "0.5" }, next = "list[Place]" } }',
    )
    assert version_1(tree) == {
        "title": {
            "type": "str",
            "min_length": 1,
            "max_length": 9,
            "pattern": "b",
            "base_pattern": "a",
        },
        "at": {
            "type": "record",
            "optional": True,
            "fields": {
                "x": {"type": "decimal", "min": "0.5"},
                "next": {"type": "list", "item": {"type": "outer", "levels": 1}},
            },
        },
    }


def test_a_type_by_another_name_is_the_same_shape() -> None:
    one = shapes('fields.title = "Title"', 'Title = { base = "str", max_length = 9 }')
    other = shapes(
        'fields.title = { type = "Caption", max_length = 9 }', 'Caption = { id = "str" }'
    )
    assert one == other


def test_defaults_are_what_would_be_stored() -> None:
    tree = shapes(
        'fields.a = { type = "datetime", default = 2026-01-01T01:00:00+01:00 }\n'
        'fields.b = { type = "set[int]", default = [2, 1] }\n'
        'fields.c = { type = "R", default = { } }\n'
        'fields.d = { type = "bool", default = false }',
        'R = { fields = { x = { type = "float", default = 1 }, y = "str?" } }',
    )
    fields = version_1(tree)
    assert fields["a"]["default"] == "2026-01-01T00:00:00.000000Z"
    assert fields["b"]["default_json"] == "[1, 2]"
    assert fields["c"]["default_json"] == '{"x": 1.0}'
    assert fields["d"]["default"] is False


def test_a_release_adds_to_a_version_what_it_may_say_now() -> None:
    before = shapes('fields.a = "P"\nfields.b = "str?"', 'P = { enum = ["x"] }')
    now = shapes('fields.a = "P"\nfields.c = "str?"', 'P = { enum = ["y"] }')
    assert version_1(released(before, now)) == {
        "a": {"type": "enum", "values": {"x": True, "y": True}},
        "b": {"type": "str", "optional": True, "sometimes": True, "removed": True},
        "c": {"type": "str", "optional": True, "sometimes": True},
    }


def test_a_field_that_was_renamed_stays_one_field() -> None:
    before = shapes('fields.text = "str"')
    now = shapes('fields.title = { type = "str", was = ["text"] }')
    both = {"title": {"type": "str", "was": {"text": True}}}
    assert version_1(released(before, now)) == both
    later = shapes('fields.name = { type = "str", was = ["title", "text"] }')
    assert version_1(released(released(before, now), later))["name"]["was"].keys() == {
        "title",
        "text",
    }


def test_a_release_forgets_no_event_and_no_version() -> None:
    before: Tree = {"events": {"GONE": {"1": {}}, "E": {"1": {}}}}
    assert released(before, {"events": {"E": {"2": {}}}})["events"] == {
        "GONE": {"1": {}},
        "E": {"1": {}, "2": {}},
    }


def test_a_release_keeps_the_loosest_bounds_of_a_version() -> None:
    before = shapes('fields.a = { type = "str", min_length = 2, max_length = 9 }')
    now = shapes('fields.a = { type = "str", min_length = 1, max_length = 5, pattern = "x" }')
    loosest = {"type": "str", "min_length": 1, "max_length": 9}
    assert version_1(released(before, now)) == {"a": loosest}


def test_a_release_tells_of_streams_and_filters_too() -> None:
    before: Tree = {"streams": {"s": {"key": "k"}}, "filters": {"old": {}, "same": {}}}
    after: Tree = {"streams": {"s": {"key": "l"}}, "filters": {"new": {}, "same": {}}}
    told = ["stream s (changed)", "filter new", "filter old (gone)"]
    assert list(news(before, after)) == told


def test_a_release_forgets_no_older_name() -> None:
    before: Tree = {"events": {}, "renamed": {"A": {"B": True}}}
    now: Tree = {"events": {}, "renamed": {"A": {"C": True}, "B": {"C": True}}}
    assert released(before, now)["renamed"] == {"A": {"B": True, "C": True}, "B": {"C": True}}


def test_releasing_twice_changes_nothing() -> None:
    tree = frozen(resolved(TODO), {})
    assert released(tree, tree) == tree


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    main(["init", "shop"])
    return tmp_path


def git(*words: str) -> None:
    who = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "init.defaultBranch=main")
    subprocess.run(("git", *who, *words), check=True, capture_output=True)


def test_release_freezes_what_is_new_once(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["release", "--check"]) == FINDINGS
    assert not (shop / "schemas/shop.lock.toml").exists()
    assert main(["release"]) == FINE
    before = (shop / "schemas/shop.lock.toml").read_bytes()
    assert "ORDER_PAID, version 1" in capsys.readouterr().out
    assert main(["release", "--check"]) == main(["release"]) == FINE
    assert (shop / "schemas/shop.lock.toml").read_bytes() == before


def test_nothing_is_released_while_there_are_errors(shop: Path) -> None:
    with (shop / "schemas/shop.toml").open("a") as story:
        story.write('[events.WRONG]\nstream = "nowhere"\n')
    assert main(["release"]) == FINDINGS
    assert not (shop / "schemas/shop.lock.toml").exists()


def test_two_branches_that_each_release_an_event_merge(shop: Path) -> None:
    """Even where both events would stand at the same place in the file."""
    main(["release"])
    git("init")
    git("add", ".")
    git("commit", "-m", "start")
    for event in ("ORDER_KEPT", "ORDER_LOST"):
        git("checkout", "-b", event, "main")
        file = shop / f"schemas/{event.lower()}.toml"
        (shop / "schemas/shop.toml").rename(file)
        file.write_text(file.read_text() + f'\n[events.{event}]\nstream = "order"\n')
        file.rename(shop / "schemas/shop.toml")
        assert main(["release"]) == FINE
        git("add", "schemas/shop.lock.toml")
        git("commit", "-m", event)
        git("checkout", "schemas/shop.toml")
    git("merge", "ORDER_KEPT")
    lock = lock_of((shop / "schemas/shop.lock.toml").read_text())
    assert {"ORDER_KEPT", "ORDER_LOST"} <= lock.tree["events"].keys()  # type: ignore[union-attr]
