"""Events in the order of their ids → which recorded decisions had not read what they should have.

Each decision keeps in its metadata what it asked and a digest of all that it had read. The log is
replayed, and the digest compared with that of the matching events below the decision: so an event
that was missed shows, too, if it came before the id up to which the decision had read. What matches
is decided here anew: a mistake in the queries of the runtime must not hide itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple, NotRequired, TypedDict


class Asked(TypedDict):
    """Events of some types, all of them or those with a field that compares. An item of a query.

    `decimal`: the field is text that means a number.
    """

    types: list[str]
    field: str | None
    operator: str
    value: Any
    decimal: NotRequired[bool]


Question = Sequence[Asked]


class Entry(NamedTuple):
    """The events of one append have the same `created_at`, and no others do."""

    id: int
    type: str
    data: Mapping[str, Any]
    metadata: Mapping[str, Any]
    created_at: datetime | None = None


class Digest(NamedTuple):
    """Which events were read, and in which order."""

    size: int = 0
    sum: int = 0

    def after(self, ids: Iterable[int]) -> Digest:
        digest = self
        for id in ids:
            digest = Digest(digest.size + 1, (digest.sum * 31 + id) % 2**31)
        return digest


class WrongDecision(NamedTuple):
    id: int
    read: Digest
    right: Digest
    question: str

    def __str__(self) -> str:
        return (
            f"event {self.id}: its decision had read {self.read.size} events of {self.question},"
            f" and there were {self.right.size}"
            + (", others" if self.read.size == self.right.size else "")
        )


def decision(question: Question, read: Digest) -> dict[str, Any]:
    """The metadata of a decision, for all events that it appends."""
    return {"asked": list(question), "read": list(read)}


def wrong_decisions(
    log: Iterable[Entry],
    questions: Iterable[Question],
    batch: Callable[[Entry], object] = lambda entry: entry.created_at,
) -> Iterator[WrongDecision]:
    """`questions`: all that the log's decisions asked, as counting begins with its first event.

    Memory grows with the number of different questions, not with the log.
    """
    asked = {_name(question): question for question in questions}
    digests = dict.fromkeys(asked, Digest())
    by_type = _by_type(asked)
    for _, (first, *others) in groupby(log, key=batch):
        read, name = first.metadata.get("read"), _name(first.metadata.get("asked"))
        if read is not None and Digest(*read) != digests[name]:
            yield WrongDecision(first.id, Digest(*read), digests[name], name)
        for entry in (first, *others):
            for name in by_type.get(entry.type, ()):
                if matches(asked[name], entry):
                    digests[name] = digests[name].after([entry.id])


def _by_type(asked: Mapping[str, Question]) -> dict[str, list[str]]:
    """The questions that an event of a type can match."""
    found: dict[str, list[str]] = {}
    for name, question in asked.items():
        for type in dict.fromkeys(type for item in question for type in item["types"]):
            found.setdefault(type, []).append(name)
    return found


def _name(question: object) -> str:
    return json.dumps(question, sort_keys=True)


def matches(question: Question, entry: Entry) -> bool:
    return any(_matches(asked, entry) for asked in question)


def _matches(asked: Asked, entry: Entry) -> bool:
    if entry.type not in asked["types"]:
        return False
    field = asked["field"]
    if field is None:
        return True
    found, operator = entry.data.get(field), asked["operator"]
    if operator == "exists":
        return bool(asked["value"]) == (found is not None)
    if found is None:
        return operator in ("neq", "nin")
    read = _decimals if asked.get("decimal") else _as_it_is
    return _COMPARES[operator](read(found), read(asked["value"]))


def _as_it_is(value: Any) -> Any:
    return value


def _decimals(value: Any) -> Any:
    """Of one text, or of each of several."""
    return Decimal(value) if isinstance(value, str) else [Decimal(each) for each in value]


_COMPARES: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda found, value: found == value,
    "neq": lambda found, value: found != value,
    "in": lambda found, value: found in value,
    "nin": lambda found, value: found not in value,
    "gt": lambda found, value: found > value,
    "gte": lambda found, value: found >= value,
    "lt": lambda found, value: found < value,
    "lte": lambda found, value: found <= value,
    "contains": lambda found, value: value in found,
}
