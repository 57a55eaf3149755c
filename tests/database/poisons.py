"""Folds that fail in every way, in processes of their own, on items whose title says how.

Blows leave marks in a folder: so a test sees that one fell, and one that falls at first knows.
"""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Callable, Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, ClassVar, cast

from database import forked
from database.journals import Journal, Journals, Texts
from storyline import (
    Event,
    EventClient,
    Park,
    Projector,
    Recorded,
    Retry,
    Stop,
)
from storyline.poison import OnError
from storyline.projecting import leasing, pace
from storyline.testing.contract.story import HOME, SAMPLE, ItemAdded, ItemId, Measured

LEASE_SECONDS, HANGS_FOR = 1.0, 2.5
POLICIES: Mapping[str, OnError] = {
    "stop": Stop(),
    "retry": Retry(attempts=2, delay=0.05),
    "park": Park(),
}


def strike_always(marks: Path, before: Journal, after: Journal) -> Journal:
    raise ValueError("never")


def strike_at_first(marks: Path, before: Journal, after: Journal) -> Journal:
    """It is tried a second time at once, so it fails twice."""
    blows = len(list(marks.glob("blow.*")))
    if blows < 2:
        (marks / f"blow.{blows}").touch()
        raise ConnectionError("not now")
    return after


def strike_after_a_change(marks: Path, before: Journal, after: Journal) -> Journal:
    """Folds are pure: this one has already changed what it was given, when it fails."""
    before.ids.append(0)
    raise ValueError("too late")


def return_nothing(marks: Path, before: Journal, after: Journal) -> Journal:
    return cast("Journal", None)


def return_what_cannot_be_written(marks: Path, before: Journal, after: Journal) -> Journal:
    return after.model_copy(update={"ids": [object()]})


def hang(marks: Path, before: Journal, after: Journal) -> Journal:
    (marks / f"hang.{os.getpid()}").touch()
    time.sleep(HANGS_FOR)
    return after


def end_the_process(marks: Path, before: Journal, after: Journal) -> Journal:
    (marks / f"end_the_process.{os.getpid()}").touch()
    os._exit(3)


BLOWS: Mapping[str, Callable[[Path, Journal, Journal], Journal]] = {
    each.__name__: each
    for each in (
        strike_always,
        strike_at_first,
        strike_after_a_change,
        return_nothing,
        return_what_cannot_be_written,
        hang,
        end_the_process,
    )
}


def poison(blow: str) -> ItemAdded:
    return ItemAdded(list_id=HOME, item_id=ItemId("x"), title=blow)


class Struck(Journals):
    marks: ClassVar[Path]

    def on_event(self, state: Journal, event: Recorded[Event]) -> Journal:
        after = super().on_event(state, event)
        match event.data:
            case ItemAdded(title=title) if title in BLOWS:
                return BLOWS[title](self.marks, state, after)
            case _:
                return after


class StruckTexts(Texts):
    """Fails on one of the keys of an event."""

    def on_event(self, state: Journal, event: Recorded[Event]) -> Journal:
        if isinstance(event.data, Measured) and self.text == "poison":  # type: ignore[attr-defined]
            raise ValueError("not this text")
        return super().on_event(state, event)


def run(dsn: str, marks: Path, policy: str, is_mended: bool) -> None:
    """As the command does, with short leases."""
    leasing.LEASE_SECONDS, pace.TICK_SECONDS = LEASE_SECONDS, 0.1
    logging.basicConfig(level=logging.WARNING, filename=marks / "log")
    Struck.marks = marks
    projections: list[Any] = [Journals, Texts] if is_mended else [Struck, StruckTexts]
    for each in projections:
        each.on_error = POLICIES[policy]
    with EventClient(SAMPLE, dsn) as client:
        projector = Projector(client, projections)
        signal.signal(signal.SIGTERM, lambda *_: projector.stop())
        projector.run()


def start(dsn: str, marks: Path, policy: str, *, is_mended: bool = False) -> BaseProcess:
    return forked.start(run, dsn, marks, policy, is_mended)
