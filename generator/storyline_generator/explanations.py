"""Turns the code of a diagnostic into its explanation: what is wrong, why, and an example."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from types import ModuleType

from storyline_generator import checks, compatibility, file_findings, lint
from storyline_generator.mistakes import (
    evolving,
    filtering,
    fitting,
    ignoring,
    locking,
    migrating,
    names,
    reading,
    shapes,
    sharing,
)

_OF_STORIES = (reading, locking, shapes, names, fitting, filtering, ignoring, evolving)
_OF_PROJECTS = (file_findings, sharing, migrating)
"""What no story gets wrong alone."""


def explanation(code: str) -> str | None:
    """The text for `storyline explain CODE`; None if no diagnostic has this code."""
    return explanations().get(code)


def explanations() -> dict[str, str]:
    """Of every code that a diagnostic can have, in order of the alphabet."""
    modules = (*checks.RULES, *lint.RULES)
    rules = {_code(_last_name(rule)): inspect.getdoc(rule) or "" for rule in modules}
    pages = {rule.code: rule.page for rule in compatibility.RULES}
    return dict(sorted({**rules, **pages, **_of(_OF_STORIES), **_of(_OF_PROJECTS)}.items()))


def codes_of_stories() -> tuple[str, ...]:
    """Every code that a story alone can be told."""
    return tuple(code for code in explanations() if code not in _of(_OF_PROJECTS))


def _of(modules: Iterable[ModuleType]) -> dict[str, str]:
    return {
        _code(name): inspect.getdoc(function) or ""
        for module in modules
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    }


def _last_name(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]


def _code(name: str) -> str:
    return name.replace("_", "-")
