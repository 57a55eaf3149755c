"""The command line of Storyline: the only package that sees both the generator and the runtime."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # of `typing`, which is slow to import
if TYPE_CHECKING:
    import argparse

FINE, FINDINGS, USAGE, INTERNAL = range(4)
INTERRUPTED = 130
"""Exit codes of every command. The last is what shells expect after Ctrl-C."""


class UsageError(Exception):
    """What the user can put right: a call, a setting, the environment. There is no traceback."""


def wants_colour(arguments: argparse.Namespace) -> bool:
    """Only on a terminal, and only if nobody said no."""
    return sys.stdout.isatty() and not arguments.no_color and not os.environ.get("NO_COLOR")
