"""Templates are Jinja, and what runs is Python made of them: both must say the same."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from storyline_generator import pipeline
from storyline_generator.plan import Layout, PlannedFile, plan
from storyline_generator.printing import compiled, printed

JINJA = Environment(
    loader=FileSystemLoader(compiled.TEMPLATES),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    autoescape=False,
)
STORIES = Path(__file__).with_name("stories")
EXAMPLES = Path(__file__).parents[2] / "schemas"


def planned() -> list[PlannedFile]:
    return [
        file
        for folder in (STORIES, EXAMPLES)
        for client in ("sync", "async")
        for sound in pipeline.read(folder.parent, folder.name).sound
        for file in plan([sound], Layout("app/story", "migrations", client))
    ]


def test_each_template_prints_what_jinja_prints() -> None:
    files = planned()
    assert {file.template for file in files} > {"events.py.jinja", "migration.sql.jinja"}
    for file in files:
        wanted = JINJA.get_template(file.template).render(plan=file.content)
        assert printed(file.template, file.content) == wanted


def test_a_name_that_the_plan_does_not_have_is_an_error() -> None:
    with pytest.raises(AttributeError):
        printed("namespace.py.jinja", object())


@pytest.fixture
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy, with which a test may do what it likes."""
    folder = tmp_path / "templates"
    shutil.copytree(compiled.TEMPLATES, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(compiled, "TEMPLATES", folder)
    return folder


def marker() -> str:
    return compiled.printers.__wrapped__()["marker.py.jinja"](None)


@pytest.mark.parametrize("damage", [None, b"", b"no code"])
def test_a_template_that_has_changed_is_compiled_anew(
    templates: Path, damage: bytes | None
) -> None:
    assert marker() == ""
    (templates / "marker.py.jinja").write_text("{# new #}{{ 'text' | indent }}\n")
    if damage is not None:
        (templates / compiled.KEPT).write_bytes(damage)
    assert marker() == "text\n"
    assert marker() == "text\n"


def test_kept_code_is_run_as_long_as_nothing_has_changed(
    templates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker()
    monkeypatch.setattr(compiled, "_compiled", None)
    assert marker() == ""


def test_templates_are_compiled_for_each_run_where_nothing_can_be_kept(templates: Path) -> None:
    (templates / "__pycache__").write_text("A file stands where the folder should be.")
    assert marker() == ""
