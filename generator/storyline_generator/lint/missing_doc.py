"""Something that others will read about has no `doc`.

What stands in `doc` is printed into the generated code, where editors show it. The story, streams,
events, records, filters, projections and validators should have one: a sentence that says more than
the name. Fields, ids, enums and other single values often need none.

Example:

    [events.ITEM_ADDED]
    stream = "list"
"""

from __future__ import annotations

from collections.abc import Iterator

from storyline_generator.diagnostics import Diagnostic, Place
from storyline_generator.schema import Schema


def check(schema: Schema) -> Iterator[Diagnostic]:
    for name, doc, place in _described(schema):
        if not doc.strip():
            yield Diagnostic(
                "missing-doc",
                f"`{name}` has no `doc`.",
                place,
                hint='add a sentence, as in `doc = "An item was put on the list."`',
                severity="warning",
            )


def _described(schema: Schema) -> Iterator[tuple[str, str, Place]]:
    yield schema.story, schema.doc, schema.place / "story"
    for record in schema.records:
        yield record.name, record.doc, record.place
    for section in (
        schema.streams,
        schema.events,
        schema.filters,
        schema.projections,
        schema.validators,
    ):
        for part in section.values():
            yield part.name, part.doc, part.place
