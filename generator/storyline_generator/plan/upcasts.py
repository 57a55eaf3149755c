"""Upcasts of a story → `upcasts.py`: steps as data, imported when an old version is met."""

from __future__ import annotations

from collections.abc import Iterator

from storyline_generator.immutable import immutable
from storyline_generator.lock.tree import below, tables
from storyline_generator.plan.imports import Names
from storyline_generator.plan.layout import import_address
from storyline_generator.plan.module import Module
from storyline_generator.plan.quoting import docstring, quoted
from storyline_generator.plan.scalar_values import json_expression
from storyline_generator.plan.scope import Story
from storyline_generator.plan.versions import upcaster_name
from storyline_generator.upcast_steps import (
    ConvertField,
    DropField,
    MapValues,
    RenameField,
    SetField,
    Step,
    Upcast,
)


@immutable
class Way:
    """From one version to the next; each step is an expression."""

    version: int
    steps: tuple[str, ...]


@immutable
class EventWays:
    stored_type: str
    ways: tuple[Way, ...]


@immutable
class UpcastsModule(Module):
    events: tuple[EventWays, ...]


def has_upcasts(story: Story) -> bool:
    return any(event.upcasts for event in story.schema.events.values())


def upcasts_module(story: Story) -> UpcastsModule:
    names = Names("upcasts", bound={"UPCASTS"})
    for name in ("Upcast", "Upcasts"):
        names.runtime(name)
    events = tuple(
        EventWays(quoted(event.name), tuple(_way(names, story, each) for each in event.upcasts))
        for event in story.schema.events.values()
        if event.upcasts
    )
    return UpcastsModule(
        docstring=docstring(
            f"How old versions of the events of the story `{story.schema.story}` become today's."
        ),
        imports=names.imports(),
        use=names.from_libraries(),
        events=events,
    )


def _way(names: Names, story: Story, upcast: Upcast) -> Way:
    renamed = tuple(_older_keys(names, upcast))
    if not upcast.code:
        return Way(upcast.version, (*renamed, *(_step(names, step) for step in upcast.steps)))
    module = upcaster_name(upcast)
    address = import_address(
        story.layout.story_path(story.schema.story, "upcasts.py"),
        story.user_path("upcasters", module),
    )
    return Way(upcast.version, (*renamed, names.renamed(address, "upcast", module)))


def _older_keys(names: Names, upcast: Upcast) -> Iterator[str]:
    """A step knows a field by its last key in the version; rows may have it under others."""
    for key, field in tables(upcast.before, "fields"):
        for old in below(field, "was"):
            yield f"{names.runtime('Rename')}({quoted(key)}, {quoted(old)})"


def _step(names: Names, step: Step) -> str:
    key = quoted(step.key)
    match step:
        case RenameField(old=old):
            return f"{names.runtime('Rename')}({key}, {quoted(old)})"
        case DropField():
            return f"{names.runtime('Drop')}({key})"
        case MapValues(values=values):
            return f"{names.runtime('Map')}({key}, {json_expression(dict(values))})"
        case ConvertField(conversion=conversion):
            return f"{names.runtime('Convert')}({key}, {quoted(conversion)})"
        case SetField(value=value):
            return f"{names.runtime('Set')}({key}, {json_expression(value)})"
