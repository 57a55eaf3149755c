"""Turns the code of a diagnostic into its explanation: what is wrong, why, and an example."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from types import ModuleType

from storyline_generator import checks
from storyline_generator.mistakes import filtering, fitting, names, reading, shapes

_MISTAKES = (reading, shapes, names, fitting, filtering)


def explanation(code: str) -> str | None:
    """The text for `storyline explain CODE`; None if no diagnostic has this code."""
    return dict(_explanations()).get(code)


def codes() -> tuple[str, ...]:
    """Every code that a diagnostic can have, in order of the alphabet."""
    return tuple(sorted(dict(_explanations())))


def _explanations() -> Iterator[tuple[str, str]]:
    for module in _MISTAKES:
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__ and not name.startswith("_"):
                yield _code(name), inspect.getdoc(function) or ""
    for rule in checks.RULES:
        yield _code(_last_name(rule)), inspect.getdoc(rule) or ""


def _last_name(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]


def _code(name: str) -> str:
    return name.replace("_", "-")
