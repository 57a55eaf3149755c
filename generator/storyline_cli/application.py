"""The application's own code, as it imports it: its stories and its projections."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from inspect import isclass, isfunction
from pathlib import PurePosixPath
from types import ModuleType
from typing import Any, NamedTuple

from storyline.projecting.shards import Projection
from storyline.projections import ProjectionFold
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
        raise UsageError(f"{_why_not(module, error)} Run `storyline generate`.") from error
    except Exception as error:
        raise UsageError(_why_not(module, error)) from error


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


def all_stories(projections: Sequence[Projection]) -> list[Story]:
    """Of the projections, and of the project: some have none."""
    stories = [projection.story for projection in projections]
    stories += [package.story for package in stories_of(configuration()).values()]
    return list(dict.fromkeys(stories))


def story_named(name: str | None) -> StoryPackage:
    """The only one, where nobody says which."""
    packages = stories_of(configuration())
    if name is None and len(packages) == 1:
        return next(iter(packages.values()))
    if name in packages:
        return packages[name]
    names = "`, `".join(packages)
    if name is None and packages:
        raise UsageError(f"There are several stories: give `--story`, one of `{names}`.")
    raise UsageError(f"There is no story `{name}`." if name else "There is no story.")


def projections_of(place: str | None) -> Sequence[Projection]:
    """`module:NAME`; those of the application where nobody says which, if it has any.

    Who looks into them imports their modules, which are the user's. Raises `UsageError`.
    """
    module, _, name = (place or _usual_place()).partition(":")
    name = name or "PROJECTIONS"
    try:
        found: Any = getattr(import_module(module), name)
        projections: tuple[Any, ...] = tuple(found) if hasattr(found, "__iter__") else (found,)
    except Exception as error:
        if place is None and isinstance(error, ModuleNotFoundError) and error.name == module:
            return ()
        raise UsageError(_why_not(f"{module}:{name}", error)) from error
    if not all(map(_is_projection, projections)):
        raise UsageError(f"`{module}:{name}` is not a list of projections.")
    return projections


def _is_projection(value: object) -> bool:
    return isclass(value) and issubclass(value, ProjectionFold)


def _why_not(place: str, error: Exception) -> str:
    """With the line of the application that it comes from; what is missing has none."""
    package = place.partition(":")[0].partition(".")[0]
    where = "".join(f", at {line}" for line in [*_lines_of(package, error)][-1:])
    return f"`{place}` cannot be imported: {type(error).__name__}: {error}{where}."


def _lines_of(package: str, error: Exception) -> Iterator[str]:
    """Those that led to the error, the innermost last; what cannot be parsed led nowhere."""
    for frame, line in traceback.walk_tb(error.__traceback__):
        if str(frame.f_globals.get("__name__")).partition(".")[0] == package:
            yield f"{frame.f_code.co_filename}:{line}"
    if isinstance(error, SyntaxError) and error.filename:
        yield f"{error.filename}:{error.lineno}"


def known_projections(projections: Sequence[Projection]) -> Sequence[Projection]:
    """Those that somebody named, and all of the application: what is none of them left the code."""
    return list(dict.fromkeys([*projections, *projections_of(None)]))


def named(projections: Sequence[Projection], name: str) -> Projection:
    for projection in projections:
        if projection.projection_type == name:
            return projection
    names = "`, `".join(each.projection_type for each in projections)
    there_are = f" There are `{names}`." if names else ""
    raise UsageError(f"There is no projection `{name}`.{there_are}")


def _usual_place() -> str:
    application = package_of(configuration()).rpartition(".")[0]
    return f"{application}.projections:PROJECTIONS".removeprefix(".")
