"""`storyline explain CODE`: what a message means, from the docstring of the code that makes it."""

from __future__ import annotations

import argparse
import difflib
import inspect
from collections.abc import Iterator

from storyline_cli import FINE, UsageError
from storyline_generator import explanations, file_findings
from storyline_generator.mistakes import sharing


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "code", nargs="?", help="what stands in brackets in a message; without it, all are listed"
    )


def run(arguments: argparse.Namespace) -> int:
    known = explained()
    if arguments.code is None:
        width = max(map(len, known))
        print("\n".join(f"{code:<{width}}  {_title(text)}" for code, text in known.items()))
        return FINE
    if arguments.code not in known:
        hint = _way_forward(arguments.code, known)
        raise UsageError(f"There is no code `{arguments.code}`. {hint}")
    print(f"{arguments.code}: {known[arguments.code]}")
    return FINE


def explained() -> dict[str, str]:
    """Every code, and what it means."""
    of_schemas = {code: explanations.explanation(code) or "" for code in explanations.codes()}
    return dict(sorted((of_schemas | dict(_of_projects())).items()))


def _of_projects() -> Iterator[tuple[str, str]]:
    """What no schema gets wrong alone. The name of a function is the code of its message."""
    for module in (file_findings, sharing):
        for name, function in inspect.getmembers(module, inspect.isfunction):
            yield name.replace("_", "-"), inspect.getdoc(function) or ""


def _title(text: str) -> str:
    return text.partition("\n")[0]


def _way_forward(code: str, known: dict[str, str]) -> str:
    close = difflib.get_close_matches(code, known, n=1)
    return f"Did you mean `{close[0]}`?" if close else "Run `storyline explain` to list all."
