"""The names under which events were released: each must lead to what the event is now."""

from __future__ import annotations

from collections.abc import Mapping

from storyline_generator.diagnostics import Findings
from storyline_generator.lock import Lock
from storyline_generator.lock.freezing import frozen_fields
from storyline_generator.lock.tree import below, tables
from storyline_generator.mistakes import evolving
from storyline_generator.schema import Event, Schema

_Owners = Mapping[str, Event]
"""Every name that an event has or had → the event."""


def check_names(schema: Schema, lock: Lock) -> Findings[None]:
    owners = {name: event for event in schema.events.values() for name in event.stored_types}
    for name, _ in tables(lock.tree, "events"):
        if name not in owners:
            place = (schema.place / "story").value
            hint = _way_back(name, owners, schema, lock)
            yield evolving.removed_event(name, place, lock.place("events", name), hint)
    for old, became in tables(lock.tree, "renamed"):
        for new in became:
            if {old, new} <= owners.keys() and owners[old] is not owners[new]:
                place, released = owners[old].place, lock.place("renamed", old, new)
                both = owners[new].name, owners[old].name
                yield evolving.moved_name(old, both, place, released)


def _way_back(name: str, owners: _Owners, schema: Schema, lock: Lock) -> str:
    """It was renamed before, or looks as if it had been renamed now, or is gone."""
    for new in below(lock.tree, "renamed", name):
        if new in owners:
            return f'add it to the others: `was = ["{name}"]` in `{owners[new].name}`'
    alike = [event.name for event in schema.events.values() if _is_alike(event, name, schema, lock)]
    if len(alike) == 1:
        return f'put it back, with `retired = true`; or is it `{alike[0]}` now? `was = ["{name}"]`'
    return "put it back, with `retired = true`; or say `was` where it has another name"


def _is_alike(event: Event, name: str, schema: Schema, lock: Lock) -> bool:
    """Not released yet, and stored as the last version of the event of that name."""
    _, last = max(tables(lock.tree, "events", name), key=lambda version: int(version[0]))
    is_new = not below(lock.tree, "events", event.name) and not event.was
    return is_new and frozen_fields(event.fields, schema.types) == last
