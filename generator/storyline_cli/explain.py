"""`storyline explain CODE`: what a message means, from the docstring of the code that makes it."""

from __future__ import annotations

import argparse
import difflib
import inspect
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from storyline_cli import FINE, UsageError
from storyline_generator import checks, file_findings, mistakes


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "code", nargs="?", help="what stands in brackets in a message; without it, all are listed"
    )


def run(arguments: argparse.Namespace) -> int:
    known = explanations()
    if arguments.code is None:
        width = max(map(len, known))
        print("\n".join(f"{code:<{width}}  {_title(text)}" for code, text in known.items()))
        return FINE
    if arguments.code not in known:
        hint = _way_forward(arguments.code, known)
        raise UsageError(f"There is no code `{arguments.code}`. {hint}")
    print(f"{arguments.code}: {known[arguments.code]}")
    return FINE


def explanations() -> dict[str, str]:
    """Every code, and what it means."""
    made = dict((*_rules(), *_functions()))
    return {name.replace("_", "-"): made[name] for name in sorted(made)}


def _rules() -> Iterator[tuple[str, str]]:
    """A check is a module, which has the name of its code."""
    for rule in checks.RULES:
        yield rule.__name__.rpartition(".")[2], inspect.getdoc(rule) or ""


def _functions() -> Iterator[tuple[str, str]]:
    """Elsewhere a function that returns a message has the name of its code."""
    below = iter_modules(mistakes.__path__, f"{mistakes.__name__}.")
    for module in (file_findings, *(import_module(each.name) for each in below)):
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__annotations__.get("return") in ("Diagnostic", "Finding"):
                yield name, inspect.getdoc(function) or ""


def _title(text: str) -> str:
    return text.partition("\n")[0]


def _way_forward(code: str, known: dict[str, str]) -> str:
    close = difflib.get_close_matches(code, known, n=1)
    return f"Did you mean `{close[0]}`?" if close else "Run `storyline explain` to list all."
