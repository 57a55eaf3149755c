"""A package → the projections that are defined in it: what a projector is told to run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from importlib import import_module
from inspect import isabstract, isclass
from pkgutil import walk_packages
from typing import Any, TypeAlias, TypeGuard, overload

from storyline.projections import ProjectionFold

AnyProjection: TypeAlias = type[ProjectionFold[Any, Any]]


class ProjectionsIn(Sequence[AnyProjection]):
    """In the order of modules and lines. The package is imported when somebody looks.

    What is computed on demand only is left out, as nothing can keep it up to date.
    """

    def __init__(self, package: str) -> None:
        self.package = package

    @cached_property
    def _found(self) -> tuple[AnyProjection, ...]:
        modules = _modules(self.package)
        return tuple(each for module in modules for each in _projections(module))

    @overload
    def __getitem__(self, index: int) -> AnyProjection: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[AnyProjection]: ...
    def __getitem__(self, index: int | slice) -> AnyProjection | Sequence[AnyProjection]:
        return self._found[index]

    def __len__(self) -> int:
        return len(self._found)


def _modules(package: str) -> Iterator[str]:
    yield package
    paths = getattr(import_module(package), "__path__", ())
    yield from sorted(module.name for module in walk_packages(paths, f"{package}."))


def _projections(module: str) -> Iterator[AnyProjection]:
    """Where they are defined, and not where they are imported."""
    for value in vars(import_module(module)).values():
        if _is_finished(value) and value.__module__ == module and value.reads is not None:
            yield value


def _is_finished(value: object) -> TypeGuard[AnyProjection]:
    return isclass(value) and not isabstract(value) and issubclass(value, ProjectionFold)
