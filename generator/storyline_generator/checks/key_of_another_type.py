"""The field from which a projection's key is read has another type than the key.

The key has the type of the state's field of that name, else of the events' field of that name, else
of the first field that `key_of` names. In each event it is read from a field of the same type, or
from a list or a set of that type. Else two events could mean the same state and not find it.

Example: a text is no `StudentId`.

    [projections.student]
    streams = ["student", "course"]
    key = "student_id"
    key_of.COURSE_CANCELLED = "names"
    state.student_id = "StudentId"
"""

from __future__ import annotations

from collections.abc import Iterator

from storyline_generator.diagnostics import Diagnostic, Related
from storyline_generator.resolver.type_grammar import written
from storyline_generator.schema import KeyOf, Projection, Schema, one_of


def check(schema: Schema) -> Iterator[Diagnostic]:
    for projection in schema.projections.values():
        for event, key in projection.keys.items():
            yield from _check(schema, projection, event, key)


def _check(schema: Schema, projection: Projection, event: str, key: KeyOf) -> Iterator[Diagnostic]:
    field = schema.field_of(event, key.field)
    wanted = projection.key.type if projection.key else None
    if field is None or wanted is None or one_of(field.type) == wanted:
        return
    types = f"`{written(field.type)}`, where the key is `{written(wanted)}`"
    message = f"`{field.name}` of `{event}` is {types}."
    related = (Related("the field is declared here", field.place),)
    hint = "give both the same type; a list or a set of it names several states"
    yield Diagnostic("key-of-another-type", message, key.place, related, hint)
