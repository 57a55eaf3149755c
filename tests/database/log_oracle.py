"""A finished log → what is wrong with it. Pure: it knows neither the database nor the clients.

Each decision keeps in its metadata what it asked and a digest of all that it had read. The log is
replayed, and the digest compared with that of the matching events below the decision: so an event
that was missed shows, too, if it came before the id up to which the decision had read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple, TypedDict


class Asked(TypedDict):
    """Events of some types, all of them or those with a field that compares. An item of a query."""

    types: list[str]
    field: str | None
    operator: str
    value: Any


Question = Sequence[Asked]


class Entry(NamedTuple):
    id: int
    type: str
    data: Mapping[str, Any]
    metadata: Mapping[str, Any]


class Digest(NamedTuple):
    """Which events were read, and in which order."""

    size: int = 0
    sum: int = 0

    def after(self, ids: Iterable[int]) -> Digest:
        digest = self
        for id in ids:
            digest = Digest(digest.size + 1, (digest.sum * 31 + id) % 2**31)
        return digest


def decision(question: Question, read: Digest) -> dict[str, Any]:
    """The metadata of a decision."""
    return {"asked": list(question), "read": list(read)}


def complaints(log: Sequence[Entry], acknowledged: Mapping[str, Sequence[int]]) -> Iterator[str]:
    """`acknowledged`: the name of a batch, as in its events' metadata → the ids that it got."""
    for place, entry in enumerate(log, start=1):
        if entry.id != place:
            yield f"event {entry.id} is at place {place}"
    batches = {name: list(batch) for name, batch in groupby(log, key=_batch)}
    yield from _wrong_decisions(batches.values())
    for name, ids in acknowledged.items():
        found = [entry.id for entry in batches.get(name, [])]
        if found != list(ids):
            yield f"{name} was acknowledged as {ids} and is {found}"


def missed(log: Sequence[Entry], readings: Iterable[Sequence[Any]]) -> Iterator[str]:
    """`readings`: the ids and batches that each reader met, from the first one on."""
    for reading in readings:
        if list(reading) != [[entry.id, _batch(entry)] for entry in log[: len(reading)]]:
            yield f"a reader of {len(reading)} events has met others than the log has"


def _batch(entry: Entry) -> str:
    return str(entry.metadata["batch"])


def _wrong_decisions(batches: Iterable[Sequence[Entry]]) -> Iterator[str]:
    questions = {_name(batch[0]): batch[0].metadata.get("asked", []) for batch in batches}
    digests = dict.fromkeys(questions, Digest())
    for first, *others in batches:
        read, right = first.metadata.get("read"), digests[_name(first)]
        if read is not None and Digest(*read) != right:
            yield f"{first.id} had read {read}, not {right}, of {_name(first)}"
        for name, question in questions.items():
            found = (entry.id for entry in (first, *others) if matches(question, entry))
            digests[name] = digests[name].after(found)


def _name(entry: Entry) -> str:
    return json.dumps(entry.metadata.get("asked"))


def matches(question: Question, entry: Entry) -> bool:
    return any(_matches(asked, entry) for asked in question)


def _matches(asked: Asked, entry: Entry) -> bool:
    if entry.type not in asked["types"]:
        return False
    field = asked["field"]
    if field is None:
        return True
    found = entry.data.get(field)
    read = Decimal if field == "price" else _as_it_is
    return found is not None and _COMPARES[asked["operator"]](read(found), read(asked["value"]))


def _as_it_is(value: Any) -> Any:
    return value


_COMPARES: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda found, value: found == value,
    "in": lambda found, value: found in value,
    "gte": lambda found, value: found >= value,
    "lt": lambda found, value: found < value,
    "contains": lambda found, value: value in found,
}
