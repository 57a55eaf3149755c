"""The command `storyline`. A run with nothing to do ends here, before anything slow is imported."""

from __future__ import annotations

import sys

from storyline_cli import FINE, manifest


def main(argv: list[str] | None = None) -> int:
    """Run one command. The result is the exit code."""
    words = sys.argv[1:] if argv is None else argv
    if answer := manifest.answer(words):
        print(answer)
        return FINE
    from storyline_cli import commands

    return commands.run(words)


if __name__ == "__main__":
    sys.exit(main())
