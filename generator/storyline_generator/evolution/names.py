"""The names under which events were released: none has become the name of another event."""

from __future__ import annotations

from storyline_generator.diagnostics import Findings
from storyline_generator.lock import Past
from storyline_generator.lock.tree import tables
from storyline_generator.mistakes import evolving
from storyline_generator.schema import Schema


def check_names(schema: Schema, lock: Past) -> Findings[None]:
    owners = {name: event for event in schema.events.values() for name in event.stored_types}
    for old, became in tables(lock.tree, "renamed"):
        for new in became:
            if {old, new} <= owners.keys() and owners[old] is not owners[new]:
                place, released = owners[old].place, lock.place("renamed", old, new)
                both = owners[new].name, owners[old].name
                yield evolving.moved_name(old, both, place, released)
