"""A finished log of busy processes → what is wrong with it, by the product's own oracle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from storyline.verification.oracle import Entry, wrong_decisions


def complaints(log: Sequence[Entry], acknowledged: Mapping[str, Sequence[int]]) -> Iterator[str]:
    """`acknowledged`: the name of a batch, as in its events' metadata → the ids that it got."""
    for place, entry in enumerate(log, start=1):
        if entry.id != place:
            yield f"event {entry.id} is at place {place}"
    questions = [entry.metadata["asked"] for entry in log if "asked" in entry.metadata]
    yield from map(str, wrong_decisions(log, questions, batch))
    yield from (f"{name} was done {times} times" for name, times in _repeated(log))
    batches = {name: list(entries) for name, entries in groupby(log, key=batch)}
    for name, ids in acknowledged.items():
        found = [entry.id for entry in batches.get(name, [])]
        if found != list(ids):
            yield f"{name} was acknowledged as {ids} and is {found}"


def _repeated(log: Sequence[Entry]) -> Iterator[tuple[str, int]]:
    """What a command appends stands together; what is asked for again is not done again."""
    done = Counter(name for name, _ in groupby(log, key=batch))
    return ((name, times) for name, times in done.items() if times > 1)


def missed(log: Sequence[Entry], readings: Iterable[Sequence[Any]]) -> Iterator[str]:
    """`readings`: the ids and batches that each reader met, from the first one on."""
    for reading in readings:
        if list(reading) != [[entry.id, batch(entry)] for entry in log[: len(reading)]]:
            yield f"a reader of {len(reading)} events has met others than the log has"


def batch(entry: Entry) -> str:
    return str(entry.metadata["batch"])
