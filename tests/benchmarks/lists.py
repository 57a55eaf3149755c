"""Which lists a worker decides on. Imports nothing, as peers need it too."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random


def names_for(worker: int, lists: int) -> Iterator[str]:
    """Each list once, from all over the log; every contender meets them in the same order."""
    numbers = list(range(lists))
    Random(lists).shuffle(numbers)
    first = worker * lists // 8
    return (f"list-{number}" for number in numbers[first:] + numbers[:first])
