"""Names of migrations → names of their files: each has a number, and all go in its order.

Numbers differ, even those of different stories: other runners know a file by its number alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterable, Iterator
from typing import NamedTuple

_FILE = re.compile(r"(\d+)_(.+)\.sql")


class NumberedFile(NamedTuple):
    """`0002_todo-indexes-3f9a1c02.sql`: what stands behind the number is its name for ever."""

    file: str
    number: int
    name: str


def numbered_files(files: Iterable[str]) -> Iterator[NumberedFile]:
    """Whatever else is in the folder has no number."""
    for file in sorted(files):
        if match := _FILE.fullmatch(file):
            yield NumberedFile(file, int(match[1]), match[2])


def files_of(files: Iterable[str], story: str) -> Iterator[NumberedFile]:
    """Those that the generator made of one story: no name of a story has a hyphen."""
    for found in numbered_files(files):
        if found.name == story or found.name.startswith(f"{story}-"):
            yield found


def stale_files(files: Iterable[str], story: str, released: Container[str]) -> tuple[str, ...]:
    """Those that no release has frozen, or that another migration replaces."""
    return tuple(each.file for each in files_of(files, story) if each.name not in released)


def numbered(
    files: Collection[str], story: str, released: Container[str], names: Iterable[str]
) -> tuple[str, ...]:
    """A file for each name. It takes over the number of a stale one, else the next number.

    It comes after all that the story has released, which it may need.
    """
    stale = stale_files(files, story, released)
    kept = [each for each in numbered_files(files) if each.file not in stale]
    taken = {each.number for each in kept}
    free = sorted(each.number for each in numbered_files(stale) if each.number not in taken)
    last = max((each.number for each in files_of((each.file for each in kept), story)), default=0)
    made: list[str] = []
    for name in names:
        last = next((number for number in free if number > last), max(0, last, *taken) + 1)
        taken.add(last)
        made.append(f"{last:04}_{name}.sql")
    return tuple(made)
