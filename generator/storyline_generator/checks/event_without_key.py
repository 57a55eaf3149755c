"""An event that a projection handles does not say which state it touches.

The key of a projection is read from each of its events: from the field that is called as the key,
or from the one that `key_of` names; a list or a set of keys touches several states. An event
without it would touch none, and states that are kept up to date would never hear of it.

If no event has the key, it is another matter: then whoever asks for a state says what it is made
of, and it is computed on demand only.

Example: a course has no student.

    [projections.programme]
    streams = ["student", "course"]
    key = "student_id"
    state.titles = "map[str]"
"""

from __future__ import annotations

from collections.abc import Iterator

from storyline_generator.diagnostics import Diagnostic, Related
from storyline_generator.reads import reads
from storyline_generator.schema import Projection, Schema
from storyline_generator.suggestions import all_of


def check(schema: Schema) -> Iterator[Diagnostic]:
    for projection in schema.projections.values():
        without = [event for event in projection.events if event not in projection.keys]
        if projection.key and without and reads(schema, projection) is not None:
            yield _diagnostic(schema, projection, projection.key.name, without)


def _diagnostic(schema: Schema, projection: Projection, key: str, without: list[str]) -> Diagnostic:
    has = "has" if len(without) == 1 else "have"
    message = (
        f"{all_of(without)} {has} no `{key}`, which identifies a state of `{projection.name}`."
    )
    place = (projection.place / "key").value
    related = (Related(f"`{without[0]}` is declared here", schema.events[without[0]].place),)
    hint = f"say `key_of.{without[0]}`, `ignore` it, or call the key as no event calls a field"
    return Diagnostic("event-without-key", message, place, related, hint)
