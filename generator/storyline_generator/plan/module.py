"""What a plan is made of: files, and what all planned Python modules have in common."""

from __future__ import annotations

from types import SimpleNamespace
from typing import NamedTuple

from storyline_generator.diagnostics import Place
from storyline_generator.immutable import immutable
from storyline_generator.plan.imports import Imports
from storyline_generator.schema import Schema


class PlannedFile(NamedTuple):
    """One file: the template, and what it prints."""

    path: str
    template: str
    content: object
    place: Place
    """Where the schema asks for it."""
    once: bool = False
    """Written once, the user's from then on."""


def story_place(schema: Schema) -> Place:
    """Where the story says its name, after which its files are called."""
    return (schema.place / "story").value


@immutable
class Module:
    """A Python module. Each kind of file adds what it declares."""

    docstring: str
    imports: Imports
    use: SimpleNamespace
    """What this module calls the names that it takes from libraries."""


class PlannedField(NamedTuple):
    """One line of a class body. `default` and `docstring` may be empty."""

    name: str
    annotation: str
    default: str
    docstring: str


class PlannedParameter(NamedTuple):
    name: str
    annotation: str
