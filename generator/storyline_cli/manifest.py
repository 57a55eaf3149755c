"""What a run of `generate` saw and left: while all of it still holds, the next has nothing to do.

The manifest has a line for every file and folder that the run depended on or wrote: the stories,
the settings, the generated files, the tool itself. `recording.py` writes it. It is a cache: it may
vanish at any time, and what it cannot vouch for is generated and compared as if there were none.

A file counts as unchanged if its size, both its times and its inode are. No program can set the
time of the last change (ctime), so an edit whose modification time was put back shows, and so does
a copy of the project. One hole is left: two changes within one tick of the file system's clock look
alike. So files that were changed shortly before they were marked are compared by their hash, too,
until a later run proves them again.

This module runs before everything else, and imports only what the interpreter has loaded anyway.
"""

from __future__ import annotations

import os
import stat
import sys
import time

FILE = ".storyline/manifest"
UP_TO_DATE = "{0} files, all up to date."
_ANSWERED = (["generate"], ["generate", "--check"])

RECENT = 4_000_000_000
"""Nanoseconds: two ticks of the coarsest file systems, one for clocks that do not quite agree."""
NO_ENTRY = "__pycache__"
"""Python may put it into any folder of modules, and nothing depends on it."""
TOOL = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class UnrecordableError(Exception):
    """A link where a file should be, or the like: here every run generates in full."""


def answer(words: list[str]) -> str | None:
    """What this run would say, if the manifest proves that it has nothing to do."""
    if words not in _ANSWERED:
        return None
    try:
        root = _root(os.getcwd())
        count = root and _count_if_current(root, may_write="--check" not in words)
    except (OSError, ValueError, UnrecordableError):
        return None
    return UP_TO_DATE.format(count) if count else None


def _root(folder: str) -> str | None:
    """The nearest folder with settings. Whether these are ours, its manifest knows."""
    while not os.path.exists(os.path.join(folder, "pyproject.toml")):
        if folder == (folder := os.path.dirname(folder)):
            return None
    return folder


def _count_if_current(root: str, *, may_write: bool) -> str | None:
    """The number of generated files, if everything is as it was."""
    now = time.time_ns()
    with open(os.path.join(root, FILE), encoding="utf-8", errors="surrogateescape") as file:
        tool, recent_since, count, *lines = file.read().split("\n")
    if tool != tool_mark() or not all(_is_as_marked(root, line) for line in lines):
        return None
    recent = [line for line in lines if last_change(line) >= int(recent_since)]
    if not all(_has_hash(root, line) for line in recent):
        return None
    if recent and may_write:
        write(root, tool, str(now - RECENT), count, *lines)
    return count


def _is_as_marked(root: str, line: str) -> bool:
    expected, _, path = line.split(" ", 2)
    return mark(expected.partition(":")[0], os.path.join(root, path)) == expected


def _has_hash(root: str, line: str) -> bool:
    _, hash, path = line.split(" ", 2)
    return file_hash(os.path.join(root, path)) == hash


def write(root: str, *lines: str) -> None:
    """In one step, so that nobody ever reads half a manifest."""
    file = os.path.join(root, FILE)
    temporary = f"{file}.{os.getpid()}"
    with open(temporary, "w", encoding="utf-8", errors="surrogateescape", newline="\n") as new:
        new.write("\n".join(lines))
    os.replace(temporary, file)


def mark(kind: str, path: str) -> str:
    """What stands there, as far as it matters. Links are not followed: there are none."""
    if kind == "offer":  # written once, where nothing stands
        return kind if os.path.exists(path) else ""
    found = os.lstat(path)
    if not (stat.S_ISREG if kind == "file" else stat.S_ISDIR)(found.st_mode):
        raise UnrecordableError(path)
    if kind == "file":
        times = f"{found.st_ctime_ns}:{found.st_mtime_ns}"
        return f"{kind}:{times}:{found.st_size}:{found.st_ino}"
    if kind == "folder":  # each entry has its own mark: a new one shows in their number
        return f"{kind}:{found.st_ino}:{sum(name != NO_ENTRY for name in os.listdir(path))}"
    return f"{kind}:{found.st_ino}"


def last_change(mark: str) -> int:
    """When the file was last changed or touched, in nanoseconds; 0 for what has no times."""
    kind, *numbers = mark.split(":", 3)
    return max(int(numbers[0]), int(numbers[1])) if kind == "file" else 0


def tool_mark() -> str:
    """Another Python or another installation may generate something else."""
    return f"manifest 1, {sys.version!r}, {sys.prefix!r}, {TOOL!r}"


def file_hash(path: str) -> str:
    with open(path, "rb") as file:
        return content_hash(file.read())


def content_hash(content: bytes) -> str:
    from hashlib import sha256  # seldom needed, and slow to import

    return sha256(content).hexdigest()
