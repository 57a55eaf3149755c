"""The spelling of all stored keys: one word in the story changes every field of every event."""

from __future__ import annotations

from collections.abc import Iterator

from storyline_generator.compatibility.rule import Verdict, released_like_this
from storyline_generator.compatibility.rules import BY_CODE
from storyline_generator.evolution.releases import released_place, released_versions
from storyline_generator.identifiers import camel_case
from storyline_generator.lock import Past
from storyline_generator.lock.tree import EMPTY, below
from storyline_generator.schema import Event, Schema


def changed_wire(schema: Schema, then: Past) -> Verdict | None:
    """If every released name that has two spellings is spelled the other way now."""
    first: tuple[Event, int, str] | None = None
    for event in schema.events.values():
        for version, name, is_kept in _spellings(event, then):
            if is_kept:
                return None
            first = first or (event, version, name)
    if first is None:
        return None
    event, version, key = first
    is_camel = any(field.key != field.name for field in event.fields)
    return Verdict(
        BY_CODE["changed-wire"],
        f"all keys are spelled in another way now: `{key}` of `{event.name}` was released.",
        schema.place / "wire" if is_camel else (schema.place / "story").value,
        released_like_this(released_place(event, version, then, "fields", key)),
        f"{'take it out' if is_camel else 'put it back'}: `wire` is for a story that begins",
    )


def _spellings(event: Event, then: Past) -> Iterator[tuple[int, str, bool]]:
    """Of the last version: what is spelled in two ways, as released, and whether it is so now."""
    versions = released_versions(event, then)
    last = max(versions, default=0)
    released = below(versions.get(last, EMPTY), "fields")
    for field in event.fields:
        other = field.name if field.key != field.name else camel_case(field.name)
        if other != field.key and (field.key in released or other in released):
            yield last, other, field.key in released
