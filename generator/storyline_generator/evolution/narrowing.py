"""Bounds that are narrower than those of released rows → the wider ones, by which rows are read.

A bound is narrower in the type or in the field that says it, so that is what learns of the wider
one. A type is read by the loosest bounds of all rows that hold a value of it, wherever they do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from storyline_generator.diagnostics import Diagnostic, Findings, Keys, Place, Related
from storyline_generator.evolution.releases import released_place
from storyline_generator.evolution.versions import Arrival
from storyline_generator.immutable import replaced
from storyline_generator.lock import Past
from storyline_generator.lock.bounds import loosest
from storyline_generator.lock.freezing import bounds_of
from storyline_generator.lock.tree import Fact, Path, Tree, below
from storyline_generator.schema import (
    UNCONSTRAINED,
    ConstrainedType,
    Constraints,
    Event,
    Field,
    ListOf,
    MapOf,
    RecordType,
    Reference,
    Schema,
    SetOf,
    Type,
    TypeDeclaration,
)

_Types: TypeAlias = Mapping[str, TypeDeclaration]
_Bounded: TypeAlias = Field | ConstrainedType
_Owner: TypeAlias = tuple[str, Keys]
"""The event, if it is a field of one, and where it is declared."""
_Wider: TypeAlias = dict[_Owner, dict[str, Fact]]


class _Meeting(NamedTuple):
    """What says bounds, and rows that are read by them."""

    event: str
    bounded: _Bounded
    rows: Tree
    path: Path


def with_wider_bounds(
    schema: Schema, lock: Past, arrivals: Mapping[str, tuple[Arrival, ...]]
) -> Findings[Schema]:
    """It says of each bound once that it is narrower.

    `arrivals`: of each event, what the rows of its versions look like when they are read.
    """
    wider: _Wider = {}
    told: set[tuple[Keys, str]] = set()
    for name, arrived in arrivals.items():
        event = schema.events[name]
        for version, shape in arrived:
            for met in _fields(event.fields, shape, (), name, schema.types):
                now = bounds_of(met.bounded.constraints)
                narrower = sorted(now.items() - loosest(met.rows, now).items())
                for bound, _ in narrower:
                    if (met.bounded.place.keys, bound) not in told:
                        told.add((met.bounded.place.keys, bound))
                        then = released_place(event, version, lock, *met.path, bound)
                        yield _finding(event, met, bound, then)
                if narrower and not met.bounded.strict_history:
                    owner = met.event, met.bounded.place.keys
                    wider[owner] = loosest(met.rows, wider.get(owner, now))
    return _widened(schema, wider)


def _finding(event: Event, met: _Meeting, bound: str, then: Place) -> Diagnostic:
    """What rows need not keep: an error if they should, and else only a change."""
    related = (Related("released like this", then),)
    place = met.bounded.place / bound
    reason = f"`{bound}` of `{met.bounded.name}` is narrower than in rows of `{event.name}`."
    if not met.bounded.strict_history:
        return Diagnostic("narrower-constraint", reason, place, related)
    hint = f"keep the old `{bound}`; or take `strict_history` away, and rows are read as they are"
    return Diagnostic("tighter-constraint", reason, place, related, hint)


def _fields(
    fields: Iterable[Field], rows: Tree, path: Path, event: str, types: _Types
) -> Iterator[_Meeting]:
    stored = below(rows, "fields")
    for field in fields:
        if key := next((key for key in (field.key, *field.was) if key in stored), ""):
            inside = (*path, "fields", key)
            if field.constraints is not UNCONSTRAINED:
                yield _Meeting(event, field, below(stored, key), inside)
            yield from _value(field.type, below(stored, key), inside, types)


def _value(type: Type, rows: Tree, path: Path, types: _Types) -> Iterator[_Meeting]:
    """Rows end before a record within itself does."""
    match type:
        case ListOf(item) | SetOf(item) | MapOf(item):
            yield from _value(item, below(rows, "item"), (*path, "item"), types)
        case Reference(name):
            match types[name]:
                case ConstrainedType() as declared:
                    yield _Meeting("", declared, rows, path)
                case RecordType(fields=fields):
                    yield from _fields(fields, rows, path, "", types)
                case _:
                    pass
        case _:
            pass


def _widened(schema: Schema, wider: _Wider) -> Schema:
    """The same schema, whose fields and types know by what rows are read."""
    if not wider:
        return schema
    types = {name: _declaration(declared, wider) for name, declared in schema.types.items()}
    events = {
        name: replaced(event, fields=_with_released(event.fields, name, wider))
        for name, event in schema.events.items()
    }
    return replaced(schema, types=types, events=events)


def _declaration(declared: TypeDeclaration, wider: _Wider) -> TypeDeclaration:
    match declared:
        case ConstrainedType():
            return replaced(declared, released=_released("", declared, wider))
        case RecordType(fields=fields):
            return replaced(declared, fields=_with_released(fields, "", wider))
        case _:
            return declared


def _with_released(fields: Iterable[Field], event: str, wider: _Wider) -> tuple[Field, ...]:
    return tuple(field._replace(released=_released(event, field, wider)) for field in fields)


def _released(event: str, bounded: _Bounded, wider: _Wider) -> Constraints | None:
    """Facts of the lock as bounds of the kind that today's are."""
    found = wider.get((event, bounded.place.keys))
    if found is None:
        return None
    kinds: dict[str, Callable[[Fact], Any]] = {
        name: type(getattr(bounded.constraints, name)) for name in found
    }
    return Constraints(**{name: kinds[name](fact) for name, fact in found.items()})
