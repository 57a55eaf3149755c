"""What was released of an event, under all the names that it has had."""

from __future__ import annotations

from collections.abc import Mapping

from storyline_generator.diagnostics import Place
from storyline_generator.lock import Past
from storyline_generator.lock.releasing import merged_shape
from storyline_generator.lock.tree import Tree, below, tables
from storyline_generator.schema import Event


def released_versions(event: Event, lock: Past) -> Mapping[int, Tree]:
    """Rows of a version that two of its names had may look like either."""
    versions: dict[int, Tree] = {}
    for name in reversed(event.stored_types):
        for number, shape in tables(lock.tree, "events", name):
            before = versions.get(int(number))
            versions[int(number)] = merged_shape(before, shape) if before else shape
    return versions


def is_as_it_was(event: Event, today: Tree, lock: Past) -> bool:
    """All of its rows look like today's, or there are none yet: nothing about it is to be asked."""
    if event.was or event.upcasts or any(field.was for field in event.fields):
        return False
    versions = below(lock.tree, "events", event.name)
    first = {str(event.version): today}
    return versions == first if versions else event.version == 1


def released_place(event: Event, version: int, lock: Past, *path: str) -> Place:
    return lock.place("events", _names(event, version, lock)[0], str(version), *path)


def first_name(event: Event, version: int, lock: Past) -> str:
    """The first under which the version was released."""
    return (_names(event, version, lock) or [event.name])[-1]


def _names(event: Event, version: int, lock: Past) -> list[str]:
    """Today's first."""
    return [name for name in event.stored_types if below(lock.tree, "events", name, str(version))]
