"""`storyline init NAME`: writes a first story and its configuration, where they are missing."""

from __future__ import annotations

import argparse
import re
from importlib.resources import files
from pathlib import Path
from string import Template

from storyline_cli import FINE, UsageError
from storyline_cli.configuration import DEFAULTS, FILE, SECTION, configuration, section

_NAME = re.compile("[a-z][a-z0-9_]*")
_COMMENTS = {
    "schemas": "where the stories are",
    "package": "generated Python goes to a folder in here for each story",
    "migrations": "SQL goes here",
    "client": 'or "async": which flavour of validators and projections is generated',
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help="of the story, e.g. `shop`")


def run(arguments: argparse.Namespace) -> int:
    if not _NAME.fullmatch(arguments.name):
        raise UsageError(
            f"`{arguments.name}` cannot name a story. Use small letters and `_`, as in `web_shop`."
        )
    here = Path.cwd()
    _add_section(here / FILE)
    _add_story(here / configuration(here).schemas / f"{arguments.name}.toml", arguments.name)
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


def _settings() -> str:
    lines = [f'{name} = "{value}"' for name, value in DEFAULTS.items()]
    width = max(map(len, lines))
    commented = (
        f"{line:<{width}}  # {_COMMENTS[name]}" for line, name in zip(lines, DEFAULTS, strict=True)
    )
    return "\n".join((f"[{SECTION}]", *commented, ""))


def _add_story(file: Path, name: str) -> None:
    if file.exists():
        print(f"{file.name} is there already.")
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    template = files("storyline_cli").joinpath("stories/first.toml").read_text(encoding="utf-8")
    with file.open("x", encoding="utf-8", newline="\n") as story:
        story.write(Template(template).substitute(story=name))
    print(f"{file.name}: wrote a first story.")
