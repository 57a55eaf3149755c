"""A projection or validator reads no events.

Everything that its streams have is ignored, or `streams` is empty, so it would always be in its
first state.

Example: the only event of the stream is ignored.

    [projections.list]
    stream = "list"
    ignore = ["LIST_CREATED"]
"""

from __future__ import annotations

from collections.abc import Iterator

from storyline_generator.diagnostics import Diagnostic
from storyline_generator.schema import Schema


def check(schema: Schema) -> Iterator[Diagnostic]:
    for kind, readers in (("projection", schema.projections), ("validator", schema.validators)):
        for reader in readers.values():
            if not reader.events and not _reads_empty_source(reader.sources, schema):
                message = f"the {kind} `{reader.name}` reads no events."
                yield Diagnostic("reads-nothing", message, reader.place)


def _reads_empty_source(sources: tuple[str, ...], schema: Schema) -> bool:
    """Then the source has been reported already."""
    found = (schema.streams.get(name) or schema.filters.get(name) for name in sources)
    return any(source and not source.events for source in found)
