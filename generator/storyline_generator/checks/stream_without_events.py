"""No event belongs to a stream.

There would be nothing to read, and nothing that a projection or a validator could handle.

Example: no event says `stream = "archive"`.

    [streams.archive]
    key = "archive_id"
    fields.archive_id = "str"
"""

from __future__ import annotations

from collections.abc import Iterator

from storyline_generator.diagnostics import Diagnostic
from storyline_generator.schema import Schema


def check(schema: Schema) -> Iterator[Diagnostic]:
    for stream in schema.streams.values():
        if not stream.events:
            message = f"no event belongs to the stream `{stream.name}`."
            hint = f'add an event with `stream = "{stream.name}"`, or leave the stream out'
            yield Diagnostic("stream-without-events", message, stream.place, hint=hint)
