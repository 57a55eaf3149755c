"""A projection's index is on a field that cannot be indexed.

An index finds states by a single value: text, a number, a date, an id, and so on. Lists, sets,
maps, records and `json` have no single value.

Example: `incomplete` is a list.

    [projections.list]
    stream = "list"
    state.incomplete = "list[Item]"
    index = ["incomplete"]
"""

from __future__ import annotations

from collections.abc import Iterator

from storyline_generator.diagnostics import Diagnostic, Related
from storyline_generator.schema import Schema, is_single


def check(schema: Schema) -> Iterator[Diagnostic]:
    for projection in schema.projections.values():
        state = {field.name: field for field in projection.state}
        for name in projection.index:
            if not is_single(state[name].type, schema.types):
                message = f"`{name}` is not a single value, so it cannot be indexed."
                related = (Related("its type is declared here", state[name].place.value),)
                place = (projection.place / "index").value
                yield Diagnostic("unindexable-field", message, place, related)
