"""Synthetic stories of any size, and the same shapes as JSON Schema for other generators.

Each event has six fields beside its stream's key; each stream has 10 to 20 events, two filters,
a projection and a validator. The linter has nothing to say about it. Everything follows from the
size, so that every run sees the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

SIZES = (10, 100, 1_000, 5_000)

_FIELDS = {
    "item_id": ("ItemId", {"type": "string"}),
    "title": ("Title", {"type": "string", "minLength": 1, "maxLength": 200}),
    "amount": ("int", {"type": "integer"}),
    "due_on": ("date?", {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]}),
    "priority": ("Priority", {"type": "string", "enum": ["low", "normal", "high"]}),
    "tags": ("list[str]", {"type": "array", "items": {"type": "string"}}),
}
_TITLE = """\
story = "bench"
doc = "Many events."

"""
_TYPES = """\
[types]
ItemId = { id = "str", doc = "Identifies one item." }
Title = { base = "str", min_length = 1, max_length = 200, doc = "What a user calls it." }
Priority = { enum = ["low", "normal", "high"], doc = "How soon it must be done." }
"""


def story(size: int) -> str:
    """A story of `size` events, as TOML."""
    streams = list(_streams(size))
    return "\n".join((_TITLE + _TYPES, *(_stream(*stream) for stream in streams)))


def one_event_changed(text: str) -> str:
    """The same story; the second event of the first stream has one field more."""
    event = f"[events.{event_name(0, 1)}]\n"
    return text.replace(event, f'{event}fields.note = "str?"\n')


def json_schema(size: int) -> str:
    """The same events as definitions of one JSON Schema: the models alone."""
    models = {
        _class(stream, number): _model(stream)
        for stream, events in _streams(size)
        for number in range(events)
    }
    return json.dumps({"$defs": models}, indent=1)


def event_name(stream: int, number: int) -> str:
    return f"THING{stream}_PART{number}_CHANGED"


def _streams(size: int) -> Iterator[tuple[int, int]]:
    """Number of the stream, and of its events: 10, 11, … 20, 10, …; the last takes what is left."""
    stream = 0
    while size > 0:
        events = min(size, 10 + stream % 11)
        yield stream, events
        stream, size = stream + 1, size - events


def _stream(stream: int, events: int) -> str:
    names = [event_name(stream, number) for number in range(events)]
    listed = ", ".join(f'"{name}"' for name in names[:4])
    return "\n".join(
        (
            f"[streams.thing{stream}]",
            f'doc = "Everything that happens to thing {stream}."',
            f'key = "thing{stream}_id"',
            f'fields.thing{stream}_id = "str"',
            "",
            *(_event(stream, name) for name in names),
            f"[filters.items_of_thing{stream}]",
            'doc = "What happened to one item."',
            f"events = [{listed}]",
            'where.item_id = "$item_id"',
            "index = true",
            "",
            f"[filters.urgent_in_thing{stream}]",
            'doc = "What cannot wait."',
            f"events = [{listed}]",
            'where.priority = "high"',
            'where.amount.gt = "$more_than"',
            "index = false",
            "",
            f"[projections.thing{stream}]",
            'doc = "What a user sees of it."',
            "version = 1",
            f'stream = "thing{stream}"',
            'state.title = { type = "str", default = "" }',
            'state.items = "list[ItemId]"',
            "",
            f"[validators.change_thing{stream}]",
            'doc = "It may change at any time."',
            f'stream = "thing{stream}"',
            f'emits = ["{names[0]}"]',
            "",
        )
    )


def _event(stream: int, name: str) -> str:
    fields = "".join(f'fields.{field} = "{type}"\n' for field, (type, _) in _FIELDS.items())
    return f'[events.{name}]\ndoc = "It happened."\nstream = "thing{stream}"\n{fields}'


def _class(stream: int, number: int) -> str:
    return f"Thing{stream}Part{number}Changed"


def _model(stream: int) -> dict[str, object]:
    properties = {f"thing{stream}_id": {"type": "string"}} | {
        name: schema for name, (_, schema) in _FIELDS.items()
    }
    return {
        "type": "object",
        "description": "It happened.",
        "properties": properties,
        "required": [name for name in properties if name != "due_on"],
        "additionalProperties": False,
    }
