"""What planning needs everywhere: the story, where it goes, and the names of one module."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from storyline_generator.identifiers import (
    class_name,
    field_name,
    module_name,
    state_class,
    stream_union,
)
from storyline_generator.immutable import immutable
from storyline_generator.plan.imports import Names
from storyline_generator.plan.layout import Layout
from storyline_generator.schema import (
    Event,
    Field,
    Schema,
)

Group = tuple[str, ...]
"""Streams that have events in common, in the order of the schema; or one stream alone."""


@immutable
class Story:
    """A sound story and where its output goes; and what all modules ask of it, found once."""

    schema: Schema
    layout: Layout

    @cached_property
    def classes(self) -> frozenset[str]:
        """The classes that modules of the story may import, and no library may hide."""
        events = map(class_name, self.schema.events)
        unions = map(stream_union, self.schema.streams)
        states = map(state_class, self.schema.projections)
        return frozenset((*self.schema.types, *events, *unions, *states))

    @cached_property
    def groups(self) -> Mapping[Group, list[Event]]:
        """The events of each stream alone, then those of streams together."""
        groups: dict[Group, list[Event]] = {(stream,): [] for stream in self.schema.streams}
        for event in self.schema.events.values():
            groups.setdefault(self._group(event), []).append(event)
        return groups

    @cached_property
    def event_modules(self) -> Mapping[str, str]:
        """Where the class of each event is, counted from the story's package."""
        return {
            event.name: self.group_module(group)
            for group, events in self.groups.items()
            for event in events
        }

    def user_path(self, kind: str, name: str) -> str:
        """Where the user's own code for a part of the story stands."""
        return self.layout.user_path(kind, self.schema.story, name)

    def group_module(self, group: Group) -> str:
        """A stream may have the name that a group would get: then the group gives way."""
        name = module_name(*group)
        is_taken = len(group) > 1 and name in map(module_name, self.schema.streams)
        return f"events.{name}_" if is_taken else f"events.{name}"

    def _group(self, event: Event) -> Group:
        if len(event.streams) == 1:
            return event.streams
        return tuple(stream for stream in self.schema.streams if stream in event.streams)


class Scope(NamedTuple):
    """One module of the story."""

    story: Story
    names: Names

    @property
    def schema(self) -> Schema:
        return self.story.schema


def field_names(fields: tuple[Field, ...]) -> set[str]:
    return {field_name(field.name) for field in fields}
