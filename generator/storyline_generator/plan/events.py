"""Streams and events of a story → the modules below `events/`.

There is one for each stream, and one for each group of streams that have events in common; so no
stream's module imports that of another.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import NamedTuple

from storyline_generator.identifiers import class_name, field_name, module_name, stream_union
from storyline_generator.immutable import immutable
from storyline_generator.plan.annotations import planned_field
from storyline_generator.plan.imports import Names
from storyline_generator.plan.matching import descriptor, match_annotation
from storyline_generator.plan.module import Module, PlannedField
from storyline_generator.plan.quoting import docstring, quoted
from storyline_generator.plan.scalar_values import json_expression
from storyline_generator.plan.scope import Group, Scope, Story, field_names
from storyline_generator.schema import Event, Field, Stream


class WhereParameter(NamedTuple):
    """One argument of `where`, and how it is compared."""

    name: str
    annotation: str
    descriptor: str


class EventClass(NamedTuple):
    name: str
    stored_type: str
    version: str
    """Empty for the first."""
    retired: bool
    docstring: str
    fields: tuple[PlannedField, ...]
    was: str
    """An argument, if it had other names."""
    where_docstring: str
    where: tuple[WhereParameter, ...]


class Union(NamedTuple):
    """All events of a stream, as one type."""

    name: str
    members: str
    docstring: str


@immutable
class EventsModule(Module):
    events: tuple[EventClass, ...]
    union: Union | None


def events_modules(story: Story) -> dict[str, EventsModule]:
    """Every module by its name in the package, e.g. `events.list`."""
    return {story.group_module(group): _events_module(story, group) for group in story.groups}


def events_package(story: Story) -> Module:
    """The `__init__.py` of the folder has nothing to say but what the folder is."""
    title = f"The events of the story `{story.schema.story}`, a module for each stream."
    return Module(docstring=docstring(title), imports=(), use=SimpleNamespace())


def union_module(stream: str) -> str:
    return f"events.{module_name(stream)}"


def event_class(scope: Scope, event: str) -> str:
    return scope.names.story(scope.story.event_modules[event], class_name(event))


def event_union(scope: Scope, events: Iterable[str]) -> str:
    """`ItemAdded | ItemRemoved`."""
    return " | ".join(event_class(scope, event) for event in events) or scope.names.library(
        "typing", "Never"
    )


def older_types(scope: Scope, events: Iterable[str]) -> str:
    """The last argument of a query's item; none where no event had another name."""
    older = scope.schema.older_types(events)
    return f"was={json_expression(older)}" if older else ""


def _events_module(story: Story, streams: Group) -> EventsModule:
    events = story.groups[streams]
    bound = field_names(tuple(field for event in events for field in event.fields))
    names = Names(story.group_module(streams), bound=bound, story=story.classes)
    scope = Scope(story, names)
    classes = tuple(_event_class(scope, event) for event in events)
    union = _union(scope, story.schema.streams[streams[0]]) if len(streams) == 1 else None
    return EventsModule(
        docstring=docstring(_title(streams)),
        imports=names.imports(),
        use=names.from_libraries(),
        events=classes,
        union=union,
    )


def _title(streams: Group) -> str:
    named = " and ".join(f"`{stream}`" for stream in streams)
    return (
        f"The events of the stream {named}."
        if len(streams) == 1
        else f"The events of the streams {named} together."
    )


def _event_class(scope: Scope, event: Event) -> EventClass:
    for name in ("ANY", "Event", "Query", "QueryItem"):
        scope.names.runtime(name)
    for name in (
        "classmethod",
        "str",
        *(["int"] if event.version > 1 else []),
        *(["bool"] if event.retired else []),
    ):
        scope.names.builtin(name)
    scope.names.library("typing", "ClassVar")
    return EventClass(
        name=class_name(event.name),
        stored_type=quoted(event.name),
        version=str(event.version) if event.version > 1 else "",
        retired=event.retired,
        docstring=docstring(_doc(event)),
        fields=tuple(planned_field(scope, field) for field in event.fields),
        was=older_types(scope, (event.name,)),
        where_docstring=docstring(
            f"Find `{event.name}` by its data; only streams and filters are indexed."
        ),
        where=tuple(where_parameter(scope, field) for field in event.fields if not field.lost),
    )


def _doc(event: Event) -> str:
    said = event.doc or f"The event `{event.name}`."
    if event.retired:
        return f"{said}\n\nRetired: it is read, and not recorded any more."
    return f"{said}\n\nDeprecated: {event.deprecated}" if event.deprecated else said


def where_parameter(scope: Scope, field: Field) -> WhereParameter:
    return WhereParameter(
        field_name(field.name), match_annotation(scope, field), descriptor(scope, field)
    )


def _union(scope: Scope, stream: Stream) -> Union:
    return Union(
        name=stream_union(stream.name),
        members=event_union(scope, stream.events),
        docstring=docstring(f"Any event of the stream `{stream.name}`."),
    )
