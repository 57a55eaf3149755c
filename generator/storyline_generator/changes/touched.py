"""What a change reaches: the streams and filters that find it, the projections and validators."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from storyline_generator.changes.declarations import Subject
from storyline_generator.schema import (
    Filter,
    ListOf,
    MapOf,
    RecordType,
    Reference,
    Schema,
    SetOf,
    Stream,
    Type,
)


class Touched(NamedTuple):
    subject: Subject
    found_by: tuple[str, ...]
    projections: tuple[str, ...]
    validators: tuple[str, ...]


def touched(subjects: Iterable[Subject], now: Schema, before: Schema | None) -> tuple[Touched, ...]:
    """Of what is gone, what it reached."""
    found = [
        _reach(each, now if _is_declared(each, now) or before is None else before)
        for each in subjects
        if each.section in ("types", "streams", "events", "filters")
    ]
    return tuple(each for each in found if any(each[1:]))


def _is_declared(subject: Subject, schema: Schema) -> bool:
    return subject.name in getattr(schema, subject.section)


def _reach(subject: Subject, schema: Schema) -> Touched:
    events = _events(subject, schema)
    queries: dict[str, Stream | Filter] = {**schema.streams, **schema.filters}
    own = {subject.name} if subject.section in ("streams", "filters") else set[str]()
    finders = () if own else (name for name in queries if events & {*queries[name].events})
    return Touched(
        subject,
        tuple(finders),
        tuple(
            projection.name
            for projection in schema.projections.values()
            if own & {*projection.sources} or (not own and events & {*projection.events})
        ),
        tuple(
            validator.name
            for validator in schema.validators.values()
            if own & {*validator.sources}
            or (not own and events & {*validator.events, *validator.emits})
        ),
    )


def _events(subject: Subject, schema: Schema) -> set[str]:
    if subject.section != "types":
        return {subject.name}
    return {
        event.name
        for event in schema.events.values()
        if any(subject.name in _types(field.type, schema, set()) for field in event.fields)
    }


def _types(type: Type, schema: Schema, known: set[str]) -> set[str]:
    """The names of the declared types within it. A record may be within itself."""
    match type:
        case ListOf(inner) | SetOf(inner) | MapOf(inner):
            _types(inner, schema, known)
        case Reference(name) if name not in known:
            known.add(name)
            declared = schema.types.get(name)
            for field in declared.fields if isinstance(declared, RecordType) else ():
                _types(field.type, schema, known)
        case _:
            pass
    return known
