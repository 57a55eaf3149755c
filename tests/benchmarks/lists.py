"""Which lists a worker decides on. Imports nothing, as peers need it too."""

from __future__ import annotations

from collections.abc import Iterator

STRIDE = 7919
"""Prime to every number of lists here, so that one goes round all of them."""


def names_for(worker: int, lists: int) -> Iterator[str]:
    """Each list once, and neighbours far from each other: the same order for every contender."""
    first = worker * lists // 8
    return (f"list-{(first + place * STRIDE) % lists}" for place in range(lists))
