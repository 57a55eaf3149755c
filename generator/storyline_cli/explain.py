"""`storyline explain CODE`: what a message means, from the docstring of the code that makes it."""

from __future__ import annotations

import argparse
import difflib

from storyline_cli import FINE, UsageError
from storyline_generator.explanations import explanations


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


def _title(text: str) -> str:
    return text.partition("\n")[0]


def _way_forward(code: str, known: dict[str, str]) -> str:
    close = difflib.get_close_matches(code, known, n=1)
    return f"Did you mean `{close[0]}`?" if close else "Run `storyline explain` to list all."
