"""What locks say of released migrations, and the files that are there → what became of them.

It knows files by name and hash, and reads none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from storyline_generator.diagnostics import Findings, Place
from storyline_generator.lock import Lock
from storyline_generator.lock.tree import Tree
from storyline_generator.mistakes import migrating
from storyline_generator.plan.numbers import NumberedFile, numbered_files, stale_files
from storyline_generator.plan.sql.released import released_migrations


class _Released(NamedTuple):
    """One migration that a lock knows, and that is still run."""

    story: str
    lock: Lock
    facts: Tree

    def place(self, name: str) -> Place:
        return self.lock.place("migrations", name, "hash")


def released_files(locks: Mapping[str, Lock], files: Mapping[str, str]) -> Findings[None]:
    """Each must be there, be what it was, and have a number of its own.

    `locks` by the names of their stories, `files` by their own, with the hashes of their texts.
    """
    released = dict(_released(locks))
    there = _kept(locks, files)
    for name, each in released.items():
        if name not in there:
            yield migrating.missing_migration(name, each.place(name))
        elif files[there[name].file] != each.facts.get("hash"):
            yield migrating.changed_migration(there[name].file, each.place(name))
    yield from _shared_numbers(released, there.values())


def renumbered(locks: Mapping[str, Lock], files: Iterable[str]) -> dict[str, str]:
    """Which released files have to get which names, so that every number is there once.

    Each comes after those that it needs, and as many as can be keep their number. The answer does
    not depend on which branch was merged into which.
    """
    there = _kept(locks, files)
    released = dict(_released(locks))
    numbers = {name: found.number for name, found in there.items() if name not in released}
    highest = max((found.number for found in there.values()), default=0)
    for name, before in _in_order(locks):
        if name in there:
            number = there[name].number
            least = max((numbers.get(each, 0) for each in before), default=0)
            if number <= least or number in numbers.values():
                number = highest = highest + 1
            numbers[name] = number
    return {
        found.file: f"{numbers[name]:04}_{name}.sql"
        for name, found in there.items()
        if numbers[name] != found.number
    }


def _in_order(locks: Mapping[str, Lock]) -> Iterator[tuple[str, set[str]]]:
    for lock in locks.values():
        yield from released_migrations(lock.tree).order.items()


def _released(locks: Mapping[str, Lock]) -> Iterator[tuple[str, _Released]]:
    for story, lock in locks.items():
        for name, facts in released_migrations(lock.tree).migrations.items():
            yield name, _Released(story, lock, facts)


def _kept(locks: Mapping[str, Lock], files: Iterable[str]) -> dict[str, NumberedFile]:
    """By name, without those that `generate` is about to remove or to give another number."""
    known = {name for name, _ in _released(locks)}
    stale = {file for story in locks for file in stale_files(files, story, known)}
    return {each.name: each for each in numbered_files(files) if each.file not in stale}


def _shared_numbers(
    released: Mapping[str, _Released], files: Iterable[NumberedFile]
) -> Findings[None]:
    """Two branches of one story are one mistake, however long they are."""
    first: dict[int, NumberedFile] = {}
    told: set[str] = set()
    for each in sorted(files, key=lambda found: (found.name in released, found.name)):
        other = first.setdefault(each.number, each)
        if other is each or each.name not in released:
            continue
        here, there = released[each.name], released.get(other.name)
        if here.story in told:
            continue
        told.add(here.story)
        if there is not None and there.story == here.story:
            places = here.place(each.name), there.place(other.name)
            yield migrating.two_heads(each.file, other.file, *places)
        else:
            yield migrating.shared_number(each.file, other.file, here.place(each.name))
