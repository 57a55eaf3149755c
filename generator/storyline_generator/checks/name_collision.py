"""Two things of the schema would get the same name in the generated code.

Class, function and module names are derived from the names of the schema: the event `ITEM_ADDED`
becomes the class `ItemAdded`, the stream `list` the function `list_stream` and the class
`ListEvent`. Two different names may meet there.

Example: an event and a type that both become `ItemAdded`.

    [types]
    ItemAdded = { base = "str" }

    [events.ITEM_ADDED]
    stream = "list"
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from storyline_generator.checks import invalid_name
from storyline_generator.checks.parts import field_tables
from storyline_generator.diagnostics import Diagnostic, Place, Related
from storyline_generator.identifiers import (
    class_name,
    field_name,
    filter_function,
    module_name,
    projection_base,
    projection_class,
    state_class,
    story_constant,
    stream_function,
    stream_union,
    validator_base,
    validator_class,
)
from storyline_generator.schema import Schema
from storyline_generator.suggestions import all_of


class _Named(NamedTuple):
    """A name in the generated code, what it is made from, and where that is declared."""

    name: str
    origin: str
    place: Place


def check(schema: Schema) -> Iterator[Diagnostic]:
    """A name that must be written otherwise anyway meets no other."""
    misnamed = {diagnostic.place for diagnostic in invalid_name.check(schema)}
    for names in _names_side_by_side(schema):
        yield from _collisions(named for named in names if named.place not in misnamed)


def _names_side_by_side(schema: Schema) -> Iterator[Iterable[_Named]]:
    yield _exports(schema)
    yield _modules(schema)
    yield _sources(schema)
    for _, fields in field_tables(schema):
        if len({field_name(field.name) for field in fields}) < len(fields):
            yield (_Named(field_name(f.name), f"the field `{f.name}`", f.place) for f in fields)


def _collisions(names: Iterable[_Named]) -> Iterator[Diagnostic]:
    """Two things that meet in several names are told of once."""
    first: dict[str, _Named] = {}
    told: set[tuple[str, str]] = set()
    for named in names:
        other = first.setdefault(named.name, named)
        both = other.origin, named.origin
        if other.origin != named.origin and both not in told:
            told.add(both)
            related = (Related("the other one is declared here", other.place),)
            message = f"{' and '.join(both)} would both be called `{named.name}`."
            hint = "give one of them another name"
            yield Diagnostic("name-collision", message, named.place, related, hint)


def _exports(schema: Schema) -> Iterator[_Named]:
    """What stands side by side in the story's package."""
    if schema.story:
        story = (schema.place / "story").value
        yield _Named(story_constant(schema.story), f"the story `{schema.story}`", story)
    for section, kind, makers in (
        (schema.types, "type", (str,)),
        (schema.events, "event", (class_name,)),
        (schema.streams, "stream", (stream_union, stream_function)),
        (schema.filters, "filter", (filter_function,)),
        (schema.projections, "projection", (state_class, projection_class, projection_base)),
        (schema.validators, "validator", (validator_class, validator_base)),
    ):
        for declared, part in section.items():
            for made in makers:
                yield _Named(made(declared), f"the {kind} `{declared}`", part.place)


def _modules(schema: Schema) -> Iterator[_Named]:
    """Each stream has a module, and so has each set of streams that share events."""
    for name, stream in schema.streams.items():
        yield _Named(module_name(name), f"the stream `{name}`", stream.place)
    for event in schema.events.values():
        if len(event.streams) > 1:
            streams = [name for name in schema.streams if name in event.streams]
            origin = f"the module for events of {all_of(streams)}"
            yield _Named("_and_".join(streams), origin, event.place)


def _sources(schema: Schema) -> Iterator[_Named]:
    """Projections and validators name streams and filters alike."""
    for name, stream in schema.streams.items():
        yield _Named(name, f"the stream `{name}`", stream.place)
    for name, filter in schema.filters.items():
        yield _Named(name, f"the filter `{name}`", filter.place)
