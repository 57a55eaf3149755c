"""What `./dev bench log` measures: who does which work, on which log."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from benchmarks.logs import BATCH, EVENTS

PEER = os.environ.get("PEER")
HAND, OURS, COMMIT = "hand-written", "storyline", "a commit each"
LOCKED = "hand-written, locked"
SIZES = (10_000, 1_000_000, 5_000_000)
AGGREGATES, DCB = "peer's aggregates", "peer's DCB recorder"


class Contender(NamedTuple):
    function: str
    """Its module in this package, and its name in there."""
    events: int = EVENTS
    """In the log at the beginning of each round."""

    @property
    def is_peer(self) -> bool:
        return self.function.startswith("peers.")


@dataclass(frozen=True)
class Scenario:
    """Contenders do the same work; the first is what the others are measured against."""

    title: str
    contenders: Mapping[str, Contender]
    """By how they are told."""
    processes: int = 1
    operations: int = 1
    """How many of what the title counts one call does."""
    is_slow: bool = False
    """Whether a flush takes a millisecond longer."""

    def __str__(self) -> str:
        return f"{self.title}, {self.processes} process{'es' if self.processes > 1 else ''}"


def scenarios() -> Iterator[Scenario]:
    peers = {AGGREGATES: "peers.append_to_aggregate", DCB: "peers.append_to_dcb"} if PEER else {}
    for processes in (1, 8):
        append = _named({HAND: "by_hand.append", OURS: "ours.append", **peers})
        yield Scenario("append", append, processes)
    peers = {AGGREGATES: "peers.aggregate_command", DCB: "peers.dcb_command"} if PEER else {}
    for processes in (1, 8):
        hands = {HAND: "by_hand.command", LOCKED: "by_hand.locked_command"}
        command = _named({**hands, OURS: "ours.command", **peers})
        yield Scenario("command", command, processes)
    slow = _named({COMMIT: "ours.append_with_a_flush_each", OURS: "ours.append"})
    yield Scenario("append, slow flush", slow, 32, is_slow=True)
    batch = _named({"bare COPY": "by_hand.copy", OURS: "ours.batch"})
    yield Scenario("batch", batch, operations=BATCH)
    read = _named({"as text": "by_hand.fetch", OURS: "ours.read"})
    yield Scenario("read", read, operations=EVENTS)
    fold = _named({"read": "ours.read", "fold": "ours.fold", "by pages": "ours.fold_by_pages"})
    yield Scenario("fold", fold, operations=EVENTS)


def sizes() -> Iterator[Scenario]:
    """The same work on logs of three sizes."""
    for title in ("command", "latest event", "append"):
        for module, whose in (("ours", OURS), ("by_hand", HAND)):
            function = f"{module}.{title.replace(' ', '_')}"
            logs = {f"{events:,} events": Contender(function, events) for events in SIZES}
            yield Scenario(f"{title}, {whose}", logs)


def _named(functions: Mapping[str, str]) -> dict[str, Contender]:
    return {name: Contender(function) for name, function in functions.items()}
