"""The application's own code, as it imports it: its stories and its projections."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from inspect import isfunction
from pathlib import PurePosixPath
from types import ModuleType
from typing import Any, NamedTuple

from storyline.projecting.shards import Projection
from storyline.queries import Query
from storyline.story import Story
from storyline_cli import UsageError
from storyline_cli.configuration import Configuration, configuration


class StoryPackage(NamedTuple):
    """What was generated of one story."""

    module: str
    story: Story

    @property
    def filters(self) -> dict[str, Callable[..., Query[Any]]]:
        """The functions of its streams and filters."""
        module = imported(f"{self.module}.filters")
        return {
            name: value
            for name, value in vars(module).items()
            if isfunction(value) and value.__module__ == module.__name__
        }


def imported(module: str) -> ModuleType:
    """Raises `UsageError`."""
    try:
        return import_module(module)
    except ImportError as error:
        raise UsageError(
            f"`{module}` cannot be imported: {error}. Run `storyline generate`."
        ) from error


def package_of(settings: Configuration) -> str:
    """From the folder of `pyproject.toml`, or from `src` there, which is put on the path."""
    parts = PurePosixPath(settings.package).parts
    is_source = parts[0] == "src"
    folder = str(settings.root / "src" if is_source else settings.root)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    return ".".join(parts[1 if is_source else 0 :])


def stories_of(settings: Configuration) -> dict[str, StoryPackage]:
    """By name."""
    package = package_of(settings)
    folders = sorted((settings.root / settings.package).glob("*/filters.py"))
    found = [_story_in(f"{package}.{file.parent.name}") for file in folders]
    return {each.story.name: each for each in found}


def _story_in(module: str) -> StoryPackage:
    values = vars(imported(module)).values()
    return StoryPackage(module, next(value for value in values if isinstance(value, Story)))


def projections_of(place: str | None) -> Sequence[Projection]:
    """`module:NAME`; those of the application where nobody says which."""
    module, _, name = (place or _usual_place()).partition(":")
    try:
        found: Sequence[Projection] = getattr(import_module(module), name or "PROJECTIONS")
    except (ModuleNotFoundError, AttributeError) as error:
        raise UsageError(f"`{module}:{name}` cannot be imported: {error}.") from error
    if not found:
        raise UsageError(f"`{module}:{name}` has no projections that a projector could run.")
    return found


def named(projections: Sequence[Projection], name: str) -> Projection:
    for projection in projections:
        if projection.projection_type == name:
            return projection
    names = "`, `".join(each.projection_type for each in projections)
    raise UsageError(f"There is no projection `{name}`. There are `{names}`.")


def _usual_place() -> str:
    application = package_of(configuration()).rpartition(".")[0]
    return f"{application}.projections:PROJECTIONS".removeprefix(".")
