"""Whoever changes one event gets changes in the files that speak of it, and in no others."""

from __future__ import annotations

from pathlib import Path

from storyline_generator import writer
from storyline_generator.pipeline import generate
from storyline_generator.plan import Layout

from .story_texts import TODO

TWO_STREAMS = (
    TODO
    + """
[streams.user]
doc = "What one user did."
key = "user_id"
fields.user_id = "str"

[events.USER_INVITED]
doc = "Somebody was invited."
stream = "user"
"""
)
CHANGED = TWO_STREAMS.replace("[events.USER_INVITED]", '[events.USER_INVITED]\nfields.by = "str?"')


def test_only_the_module_of_a_changed_event_is_written(tmp_path: Path) -> None:
    written(tmp_path, TWO_STREAMS)
    before = ages(tmp_path)
    assert written(tmp_path, CHANGED) == ["app/story/todo/events/user.py"]
    after = ages(tmp_path)
    assert [path for path in after if after[path] != before[path]] == [
        tmp_path / "app/story/todo/events/user.py"
    ]


def written(root: Path, story: str) -> list[str]:
    """The paths of the files that differed."""
    (root / "schemas").mkdir(exist_ok=True)
    (root / "schemas/todo.toml").write_text(story)
    outcome = generate(root, "schemas", Layout("app/story", "migrations", "sync"))
    assert not outcome.diagnostics
    differences = writer.compare(root, "app/story", outcome.files)
    writer.write(root, differences)
    return [difference.path for difference in differences]


def ages(root: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in sorted((root / "app").rglob("*.py"))}
