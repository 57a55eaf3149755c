"""Tables of a story → the lines that say them, by what they declare; and which lines are others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

from storyline_generator.lock.text import basic_string, dotted
from storyline_generator.lock.tree import Tree, below
from storyline_generator.mistakes.shapes import SECTIONS
from storyline_generator.reading.document import list_of, table_of


class Subject(NamedTuple):
    """Something that a story declares; or one of its settings, in no section."""

    section: str
    name: str


Lines: TypeAlias = tuple[str, ...]
Declarations: TypeAlias = Mapping[Subject, Lines]
_IN_THE_LOCK = ("events", "streams", "filters", "projections")
_TABLES = ("fields", "state", "where", "then")
"""Of these, each key has a line of its own, as people write it."""


def declarations(tables: Mapping[str, object]) -> Declarations:
    found: dict[Subject, Lines] = {}
    for key, value in tables.items():
        if key in SECTIONS:
            for name, declared in (table_of(value) or {}).items():
                found[Subject(key, name)] = tuple(_lines(declared))
        else:
            found[Subject("", key)] = (_line((key,), value),)
    return found


def rewritten(before: Declarations, now: Declarations, renamed: Mapping[str, str]) -> Declarations:
    """Of what is not as it was, the lines as a diff has them.

    `renamed`: older names of events → today's. Such an event is compared with what it was.
    """
    was = {Subject("events", old): Subject("events", new) for old, new in renamed.items()}
    then = {subject: lines for subject, lines in before.items() if subject not in was}
    then |= {was[subject]: lines for subject, lines in before.items() if subject in was}
    found: dict[Subject, Lines] = {}
    for subject in dict.fromkeys((*now, *then)):
        old, new = then.get(subject), now.get(subject)
        if old != new:
            found[subject] = tuple(_difference(old or (), new or ()))
    return found


def said_again(now: Declarations, released: Tree, renamed: Mapping[str, str]) -> Declarations:
    """What has been released, in the words of today; nothing is known of words of then."""
    found: dict[Subject, Lines] = {}
    for subject, lines in now.items():
        known = set(below(released, subject.section))
        if subject.section == "events":
            known |= {new for old, new in renamed.items() if old in known}
        if subject.section not in _IN_THE_LOCK or subject.name in known:
            found[subject] = lines
    return found


def _difference(old: Lines, new: Lines) -> Iterator[str]:
    """Lines of one key stand together."""
    keys = dict.fromkeys(line.partition(" = ")[0] for line in (*new, *old))
    for key in keys:
        start = f"{key} = "
        before = [line for line in old if line.startswith(start)]
        after = [line for line in new if line.startswith(start)]
        yield from (f"- {line}" for line in before if line not in after)
        yield from (f"+ {line}" for line in after if line not in before)


def _lines(declared: object) -> Iterator[str]:
    for key, value in (table_of(declared) or {}).items():
        parts, inner = list_of(value), table_of(value)
        if key in _TABLES and inner:
            yield from (_line((key, name), part) for name, part in inner.items())
        elif parts and all(isinstance(part, dict) for part in parts):
            yield from (_line((key,), part) for part in parts)
        else:
            yield _line((key,), value)


def _line(path: tuple[str, ...], value: object) -> str:
    return f"{dotted(path)} = {_written(value)}"


def _written(value: object) -> str:
    """As TOML has it, on one line."""
    table, parts = table_of(value), list_of(value)
    if table is not None:
        inside = ", ".join(_line((key,), part) for key, part in table.items())
        return f"{{ {inside} }}" if inside else "{}"
    if parts is not None:
        return f"[{', '.join(map(_written, parts))}]"
    if isinstance(value, str):
        return basic_string(value)
    return str(value).lower() if isinstance(value, bool) else str(value)
