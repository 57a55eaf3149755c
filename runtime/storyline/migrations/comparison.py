"""Files and what the database remembers → the state of each migration. Pure: it reads neither."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from storyline.migrations.errors import MigrationError
from storyline.migrations.files import MigrationFile, Section, title


class State(StrEnum):
    APPLIED = "applied"
    PENDING = "pending"
    CHANGED = "changed"
    MISSING = "missing"
    LATE = "late"
    HALF_REPLACED = "half replaced"
    UNFOUNDED = "unfounded"


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
    State.HALF_REPLACED: (
        "`{name}` stands for several migrations, of which this database has applied only some.",
        "Apply the others first: run `storyline migrate up` in a version of the project"
        " that still has them.",
    ),
    State.UNFOUNDED: (
        "`{name}` needs another migration, which is not there.",
        "Restore what its line `-- storyline:after` names.",
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
    replaced: tuple[Applied, ...] = ()
    """What the database remembers, of all that the file stands for."""


def compared(files: Iterable[MigrationFile], applied: Iterable[Applied]) -> tuple[Status, ...]:
    """One status for each migration that is known to either side, in the order of the names.

    A file is known by its name, or by what it says if only its number has changed since.
    """
    files, applied = tuple(files), tuple(applied)
    record_of = _records(files, applied)
    replaced_by = {file.name: _replaced(file, applied) for file in files if file.replaces}
    known = {record.name for record in (*record_of.values(), *sum(replaced_by.values(), ()))}
    last = max((record.name for record in applied), default="")
    there = {title for file in files for title in (file.title, *file.replaces)}
    statuses = [
        _status(file, record_of.get(file.name), replaced_by.get(file.name, ()), last, there)
        for file in files
    ]
    missing = [Status(a.name, State.MISSING, None, a) for a in applied if a.name not in known]
    return tuple(sorted((*statuses, *missing), key=lambda status: status.name))


def _records(files: Sequence[MigrationFile], applied: Sequence[Applied]) -> dict[str, Applied]:
    """What is remembered of each file, by the file's name."""
    by_name = {record.name: record for record in applied}
    of = {file.name: by_name[file.name] for file in files if file.name in by_name}
    renumbered = {(title(a.name), a.checksum): a for a in applied if a.name not in of}
    for file in files:
        record = renumbered.pop((file.title, file.up.checksum), None)
        if record is not None:
            of.setdefault(file.name, record)
    return of


def _replaced(file: MigrationFile, applied: Sequence[Applied]) -> tuple[Applied, ...]:
    return tuple(record for record in applied if title(record.name) in file.replaces)


def _status(
    file: MigrationFile,
    record: Applied | None,
    replaced: tuple[Applied, ...],
    last: str,
    there: set[str],
) -> Status:
    if record is not None:
        is_same = file.up.checksum == record.checksum
        state = State.APPLIED if is_same else State.CHANGED
    elif replaced:
        has_all = len(replaced) == len(file.replaces)
        state = State.APPLIED if has_all else State.HALF_REPLACED
    elif file.after is None:
        state = State.PENDING if file.name > last else State.LATE
    else:
        state = State.PENDING if there.issuperset(file.after) else State.UNFOUNDED
    return Status(file.name, state, file, record, replaced)


def to_apply(statuses: Iterable[Status], *, rolling: bool = False) -> tuple[MigrationFile, ...]:
    """What is pending, in order; where old code still runs, without what may wait for its end."""
    pending = [s.file for s in statuses if s.file is not None and s.state is State.PENDING]
    needed = {title for file in pending for title in file.after or ()}
    waits = {file.name for file in pending if file.is_deferrable and file.title not in needed}
    return tuple(file for file in pending if not (rolling and file.name in waits))


def contradictions(statuses: Iterable[Status]) -> tuple[str, ...]:
    """Every reason why the files cannot be applied to this database, each with a way forward."""
    wrong = (status for status in statuses if status.state in _REASONS)
    return tuple(" ".join(_REASONS[s.state]).format(name=s.name) for s in wrong)


def refuse_contradictions(statuses: Iterable[Status]) -> None:
    """All of them in one error."""
    if reasons := contradictions(statuses):
        raise MigrationError("\n".join(reasons))
