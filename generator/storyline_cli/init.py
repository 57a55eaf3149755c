"""`storyline init NAME`: writes a first story and its configuration, where they are missing."""

from __future__ import annotations

import argparse
from importlib.resources import files
from pathlib import Path
from string import Template

from storyline_cli import FINE, UsageError
from storyline_cli.configuration import DEFAULTS, FILE, SECTION, configuration, section
from storyline_cli.editor_schema import offer
from storyline_generator.checks.invalid_name import is_free_story_name
from storyline_generator.json_schema import FILE as FILE_FOR_EDITORS

_COMMENTS = {
    "schemas": "where the stories are",
    "package": "generated Python goes to a folder in here for each story",
    "migrations": "SQL goes here",
    "client": 'or "async": which flavour of validators and projections is generated',
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help="of the story, e.g. `shop`")


def run(arguments: argparse.Namespace) -> int:
    if not is_free_story_name(arguments.name):
        raise UsageError(
            f"`{arguments.name}` cannot name a story, and with it a PostgreSQL schema. "
            "Use small letters, digits and `_`, as in `web_shop`."
        )
    here = Path.cwd()
    _add_section(here / FILE)
    settings = configuration(here)
    schemas = settings.schemas
    _add_story(here, schemas, arguments.name)
    _add_attribute(here / ".gitattributes", settings.package)
    if offer(here / schemas):
        print(f"{schemas}/{FILE_FOR_EDITORS}: editors check and complete stories by it.")
    print("Next: `storyline generate`.")
    return FINE


def _add_section(file: Path) -> None:
    """At the end of the file: what stands there already is not touched."""
    if section(file) is not None:
        print(f"{file.name} has a section [{SECTION}] already.")
        return
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    with file.open("a", encoding="utf-8", newline="") as pyproject:
        pyproject.write(
            ("" if not before else "\n" if before.endswith("\n") else "\n\n") + _settings()
        )
    print(f"{file.name}: added [{SECTION}].")


def _add_attribute(file: Path, package: str) -> None:
    """Reviewers see generated code folded, and statistics leave it out."""
    line = f"{package}/** linguist-generated"
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    if line in before.splitlines():
        return
    with file.open("a", encoding="utf-8", newline="") as attributes:
        attributes.write(f"{'' if before.endswith(chr(10)) or not before else chr(10)}{line}\n")
    print(f"{file.name}: marked {package}/ as generated.")


def _settings() -> str:
    lines = [f'{name} = "{value}"' for name, value in DEFAULTS.items()]
    width = max(map(len, lines))
    commented = (
        f"{line:<{width}}  # {_COMMENTS[name]}" for line, name in zip(lines, DEFAULTS, strict=True)
    )
    return "\n".join((f"[{SECTION}]", *commented, ""))


def _add_story(root: Path, schemas: str, name: str) -> None:
    shown = f"{schemas}/{name}.toml"
    if (root / shown).exists():
        print(f"{shown} is there already.")
        return
    template = files("storyline_cli").joinpath("stories/first.toml").read_text(encoding="utf-8")
    (root / schemas).mkdir(parents=True, exist_ok=True)
    with (root / shown).open("x", encoding="utf-8", newline="\n") as story:
        story.write(Template(template).substitute(story=name))
    print(f"{shown}: wrote a first story.")
