"""A projection's index is on a field that cannot be indexed.

An index finds states by a single value: text, a number, a date, an id, and so on; or by an element
of a list or a set of such values. Maps, records and `json` have none; and decimals, stored as text,
cannot be found within a list, as `1.5` and `1.50` are one number.

Example: `incomplete` is a list of records.

    [projections.list]
    stream = "list"
    state.incomplete = "list[Item]"
    index = ["incomplete"]
"""

from __future__ import annotations

from collections.abc import Iterator

from storyline_generator.diagnostics import Diagnostic, Related
from storyline_generator.schema import ListOf, Scalar, Schema, SetOf, Type, is_single, scalar_of


def check(schema: Schema) -> Iterator[Diagnostic]:
    for projection in schema.projections.values():
        state = {field.name: field for field in projection.state}
        for name in projection.index:
            if not _has_single_values(state[name].type, schema):
                message = f"`{name}` has no single values by which states could be found."
                related = (Related("its type is declared here", state[name].place.value),)
                place = (projection.place / "index").value
                yield Diagnostic("unindexable-field", message, place, related)


def _has_single_values(type: Type, schema: Schema) -> bool:
    if not isinstance(type, ListOf | SetOf):
        return is_single(type, schema.types)
    is_decimal = scalar_of(type.item, schema.types) is Scalar.DECIMAL
    return is_single(type.item, schema.types) and not is_decimal
