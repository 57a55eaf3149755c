"""Files and what the database remembers → the state of each migration. Pure: it reads neither."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from storyline.migrations.errors import MigrationError
from storyline.migrations.files import MigrationFile, Section


class State(StrEnum):
    APPLIED = "applied"
    PENDING = "pending"
    CHANGED = "changed"
    MISSING = "missing"
    LATE = "late"


_REASONS = {
    State.CHANGED: (
        "`{name}` was applied, and its file has changed since.",
        "Restore the file and put the change into a new one;"
        " or, while no data matter, run `storyline migrate down` until it is undone, then `up`.",
    ),
    State.MISSING: (
        "`{name}` was applied, and its file is gone.",
        "Restore the file; or run `storyline migrate down`, which remembers how to undo it.",
    ),
    State.LATE: (
        "`{name}` is new, but comes before one that was applied.",
        "Give the file a higher number.",
    ),
}


@dataclass(frozen=True, slots=True)
class Applied:
    """What the database remembers of a migration: enough to undo it without its file."""

    name: str
    checksum: str
    down: Section | None
    applied_at: datetime


@dataclass(frozen=True, slots=True)
class Status:
    name: str
    state: State
    file: MigrationFile | None
    applied: Applied | None


def compared(files: Iterable[MigrationFile], applied: Iterable[Applied]) -> tuple[Status, ...]:
    """One status for each migration that is known to either side, in the order of the names."""
    file_of = {file.name: file for file in files}
    applied_of = {record.name: record for record in applied}
    last = max(applied_of, default="")
    return tuple(
        Status(name, _state(name, file, record, last), file, record)
        for name in sorted({*file_of, *applied_of})
        for file, record in [(file_of.get(name), applied_of.get(name))]
    )


def _state(name: str, file: MigrationFile | None, record: Applied | None, last: str) -> State:
    if record is None:
        return State.PENDING if name > last else State.LATE
    if file is None:
        return State.MISSING
    return State.APPLIED if file.up.checksum == record.checksum else State.CHANGED


def contradictions(statuses: Iterable[Status]) -> tuple[str, ...]:
    """Every reason why the files cannot be applied to this database, each with a way forward."""
    wrong = (status for status in statuses if status.state in _REASONS)
    return tuple(" ".join(_REASONS[s.state]).format(name=s.name) for s in wrong)


def refuse_contradictions(statuses: Iterable[Status]) -> None:
    """All of them in one error."""
    if reasons := contradictions(statuses):
        raise MigrationError("\n".join(reasons))
