"""The command line of Storyline: the only package that sees both the generator and the runtime."""

from __future__ import annotations

FINE, FINDINGS, USAGE, INTERNAL = range(4)
"""Exit codes of every command."""


class UsageError(Exception):
    """What the user can put right: a call, a setting, the environment. The message says how; there is no traceback."""
