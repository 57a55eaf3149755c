"""What no step has dropped stays in old rows, and is met again where its key gets a new meaning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from storyline_generator.evolution.reading import Misfit, value_misfits
from storyline_generator.lock.tree import Tree, below, tables

Leftovers: TypeAlias = Mapping[str, tuple[int, Tree]]
"""Stored keys → the version whose rows may still have them, and the shape that it has there."""


def left_over(before: Leftovers, arrived: tuple[int, Tree], after: Tree) -> Leftovers:
    """What rows have once they are at the next version, and that version does not know."""
    version, shape = arrived
    known = {name for key, field in tables(after, "fields") for name in (key, *below(field, "was"))}
    fresh = {key: (version, part) for key, part in tables(shape, "fields")}
    return {key: part for key, part in {**before, **fresh}.items() if key not in known}


def resurfacing(left: Leftovers, shape: Tree) -> Iterator[tuple[int, Misfit]]:
    """Fields of the version whose key is in older rows, with values that cannot be read."""
    for key, field in tables(shape, "fields"):
        version, before = left.get(key, (0, field))
        if any(value_misfits(("fields", key), before, field)):
            reason = f"`{key}` was `{before.get('type')}`, was removed, and is something else now"
            remedy = f'drop it first: `drop = ["{{name}}"]` in its upcast `from = {version}`'
            yield version, Misfit("reused-field-name", ("fields", key), reason, remedy)
