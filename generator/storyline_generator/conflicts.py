"""A file in which git left its conflict markers → whether that is all that happened to it.

A generated file like that is neither untouched nor edited: git merged two of our versions. If these
are as we wrote them, and no line of the file is in none of them, it may be generated again.
"""

from __future__ import annotations

from pathlib import Path

from storyline_generator.banner import is_untouched

_BEGIN, _END = "<<<<<<< ", ">>>>>>> "
_MARKERS = (_BEGIN, "||||||| ", "=======", _END)
_BASE, _OURS, _THEIRS = 1, 2, 3
"""The stages of git's index, as long as the conflict is not resolved."""


def is_merge_of_ours(path: Path, text: str) -> bool:
    lines = text.splitlines()
    if not has_markers(text):
        return False
    ours, theirs = versions(path)
    known = {*ours.splitlines(), *theirs.splitlines(), *_version(path, _BASE).splitlines()}
    is_git_s = all(line in known or line.startswith(_MARKERS) for line in lines)
    return is_git_s and is_untouched(ours) and is_untouched(theirs)


def has_markers(text: str) -> bool:
    lines = text.splitlines()
    return all(any(line.startswith(marker) for line in lines) for marker in (_BEGIN, _END))


def versions(path: Path) -> tuple[str, str]:
    """What the two branches have there; empty where git knows of none."""
    return _version(path, _OURS), _version(path, _THEIRS)


def _version(path: Path, stage: int) -> str:
    """Empty where there is none, or no git."""
    import subprocess  # seldom needed, and slow to import

    command = ("git", "show", f":{stage}:./{path.name}")
    try:
        done = subprocess.run(command, cwd=path.parent, capture_output=True, check=True)
        return done.stdout.decode("utf-8")
    except (OSError, UnicodeDecodeError, subprocess.CalledProcessError):
        return ""
