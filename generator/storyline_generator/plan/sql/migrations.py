"""The objects that a story wants, and those that are released → the migrations between them.

Up to three, as PostgreSQL has it: tables and functions in one transaction; indexes that are made
concurrently, in none; and last the indexes that only old code uses, which is still running then.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256

from storyline_generator.immutable import immutable, replaced
from storyline_generator.plan.sql.objects import SqlObject
from storyline_generator.plan.sql.released import Released
from storyline_generator.plan.sql.text import identifier

_TRANSACTIONAL = ("function", "table", "alteration")
_CONCURRENT = ("index", "statistics")


class AlteredTableError(Exception):
    """A mistake of ours: a released table's template was changed. Add an object that alters it."""


@immutable
class Migration:
    """`name` is that of its file, without number and ending. `up` and `down` are statements."""

    name: str
    about: tuple[str, ...]
    up: tuple[str, ...]
    down: tuple[str, ...]
    makes: tuple[SqlObject, ...] = ()
    drops: tuple[SqlObject, ...] = ()
    after: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    is_transaction: bool = True
    is_deferrable: bool = False
    """It may wait until the old code runs no more."""


_FIRST = (
    "Makes the log of one story: its tables, the functions that append, and its indexes.",
    "Applied by `storyline migrate`, or by any runner that reads dbmate's format.",
    "Locks: none that matters; every object is new. Isolation: any;"
    " run each section in one transaction.",
    "Down removes what `up` made, and so every event. Not the rest of the schema: it fails if"
    " that is in use.",
)
_PROTOCOL = (
    "Brings tables and functions of the log to what this Storyline needs.",
    "Locks: no table for longer than it takes; it gives up rather than have writers queue behind.",
)
_INDEXES = (
    "Makes the indexes that are new, while the log is read and written.",
    "Locks: none that readers or writers wait for. So it may take the time it needs.",
    "Repeatable: what an interrupted run has left is dropped first.",
)
_UNUSED = (
    "Drops the indexes that nothing asks for any more, while the log is read and written.",
    "Apply it when the code of the release before runs no more: it may still use them.",
    "Locks: none that readers or writers wait for. So it may take the time it needs.",
)
_BRIEFLY = "set local lock_timeout = '5s';"
_PATIENTLY = ("set lock_timeout = 0;", "set statement_timeout = 0;")
_AS_BEFORE = ("reset statement_timeout;", "reset lock_timeout;")


def first_migration(story: str, wanted: Sequence[SqlObject]) -> Migration:
    """All in one transaction: the tables are new, so nobody waits for an index."""
    return Migration(
        name=story,
        about=_FIRST,
        up=(_BRIEFLY, *(each.up for each in wanted)),
        down=(_BRIEFLY, *(each.down for each in reversed(wanted))),
        makes=tuple(wanted),
    )


def baseline(story: str, wanted: Sequence[SqlObject], released: Released) -> Migration:
    """The first migration of databases to come; others count as having it."""
    replaces = tuple(sorted(released.migrations))
    first = first_migration(story, wanted)
    name = _name(f"{story}-baseline", (*replaces, *first.up))
    return replaced(first, name=name, replaces=replaces)


def next_migrations(
    story: str, schema: str, wanted: Sequence[SqlObject], released: Released
) -> tuple[Migration, ...]:
    """What is not released yet; nothing, if everything is."""
    if not released.migrations:
        return (first_migration(story, wanted),)
    made = tuple(each for each in wanted if not _is_settled(each, released))
    kept = {each.key for each in wanted}
    dropped = tuple(each for key, each in sorted(released.objects.items()) if key not in kept)
    steps = (
        _protocol(_of(_TRANSACTIONAL, made), _of(_TRANSACTIONAL, dropped), released),
        _indexes(_of(_CONCURRENT, made), schema),
        _unused(_of(_CONCURRENT, dropped), schema),
    )
    return tuple(_chained(story, steps, released.heads))


def _is_settled(wanted: SqlObject, released: Released) -> bool:
    there = released.objects.get(wanted.key)
    is_same = there is not None and there.definition == wanted.definition
    return is_same and wanted.key not in released.contested


def _of(kinds: Iterable[str], objects: Iterable[SqlObject]) -> tuple[SqlObject, ...]:
    return tuple(each for each in objects if each.kind in kinds)


def _chained(story: str, steps: Iterable[Migration], after: tuple[str, ...]) -> Iterator[Migration]:
    """Named by all that they say, so that no two branches ever give one name to two of them."""
    for step in steps:
        if step.makes or step.drops:
            name = _name(f"{story}-{step.name}", (*after, *step.up, *step.down))
            yield replaced(step, name=name, after=after)
            after = (name,)


def _name(start: str, parts: Iterable[str]) -> str:
    return f"{start}-{sha256(chr(10).join(parts).encode()).hexdigest()[:8]}"


# Tables and functions


def _protocol(
    made: tuple[SqlObject, ...], dropped: tuple[SqlObject, ...], released: Released
) -> Migration:
    pairs = [(released.objects.get(each.key), each) for each in made]
    up = [
        *(_if_exists(each.down) for each in dropped),
        *(text for old, new in pairs for text in _replacing(old, new)),
    ]
    down = [
        *(text for old, new in reversed(pairs) for text in _restoring(old, new)),
        *(each.up for each in reversed(dropped)),
    ]
    return Migration("protocol", _PROTOCOL, (_BRIEFLY, *up), (_BRIEFLY, *down), made, dropped)


def _replacing(old: SqlObject | None, new: SqlObject) -> tuple[str, ...]:
    """One statement where it can be: so nobody who calls it ever misses it."""
    if new.kind == "table":
        if old is not None and old.definition != new.definition:
            raise AlteredTableError(new.name)
        return (new.up.replace("create table ", "create table if not exists ", 1),)
    if new.kind == "alteration":
        return (new.up,)
    if old is None or old.signature == new.signature:
        return (_or_replace(new.up),)
    return (_if_exists(old.down), new.up)


def _restoring(old: SqlObject | None, new: SqlObject) -> tuple[str, ...]:
    return (_if_exists(new.down),) if old is None else _replacing(new, old)


def _or_replace(up: str) -> str:
    return re.sub(r"^create ", "create or replace ", up, count=1, flags=re.MULTILINE)


def _if_exists(down: str) -> str:
    """As another branch may have dropped it before."""
    return re.sub(r"^drop (\w+) ", r"drop \1 if exists ", down, count=1, flags=re.MULTILINE)


# Indexes, and the statistics that follow them


def _indexes(made: tuple[SqlObject, ...], schema: str) -> Migration:
    return Migration(
        "indexes",
        _INDEXES,
        (*_PATIENTLY, *_made_concurrently(made, schema), *_AS_BEFORE),
        (*_PATIENTLY, *_dropped_concurrently(made), *_AS_BEFORE),
        makes=made,
        is_transaction=False,
    )


def _unused(dropped: tuple[SqlObject, ...], schema: str) -> Migration:
    return Migration(
        "unused",
        _UNUSED,
        (*_PATIENTLY, *_dropped_concurrently(dropped), *_AS_BEFORE),
        (*_PATIENTLY, *_made_concurrently(dropped, schema), *_AS_BEFORE),
        drops=dropped,
        is_transaction=False,
        is_deferrable=True,
    )


def _made_concurrently(objects: Iterable[SqlObject], schema: str) -> Iterator[str]:
    """Statistics say nothing before the table is analyzed."""
    has_statistics = False
    for each in objects:
        has_statistics |= each.kind == "statistics"
        yield _concurrently(_if_exists(each.down))
        yield _concurrently(each.up)
    if has_statistics:
        yield f"analyze {identifier(schema)}.events;"


def _dropped_concurrently(objects: Sequence[SqlObject]) -> Iterator[str]:
    return (_concurrently(_if_exists(each.down)) for each in reversed(objects))


def _concurrently(statement: str) -> str:
    return re.sub(r"^(create|drop) index ", r"\1 index concurrently ", statement)
