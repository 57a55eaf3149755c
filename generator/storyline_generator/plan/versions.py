"""Versions of events between which the user's code leads → `versions.py`: typed stored records."""

from __future__ import annotations

from collections.abc import Iterator

from storyline_generator.identifiers import (
    upcaster_module,
    version_class,
)
from storyline_generator.immutable import immutable
from storyline_generator.lock.tree import below, tables
from storyline_generator.plan.imports import Names
from storyline_generator.plan.layout import import_address
from storyline_generator.plan.module import Module
from storyline_generator.plan.quoting import docstring, quoted
from storyline_generator.plan.scope import Story
from storyline_generator.schema import Event
from storyline_generator.upcast_steps import Shape, Upcast

_JSON_TYPES = {"int": "int", "float": "float", "bool": "bool", "json": "Any"}


@immutable
class StoredRecord:
    name: str
    fields: tuple[tuple[str, str], ...]
    """The stored key, quoted, and the type."""


@immutable
class VersionsModule(Module):
    records: tuple[StoredRecord, ...]


@immutable
class UpcasterSkeleton(Module):
    before: str
    after: str
    doc: str


def code_upcasts(story: Story) -> Iterator[tuple[Event, Upcast]]:
    for event in story.schema.events.values():
        for upcast in event.upcasts:
            if upcast.code:
                yield event, upcast


def version_classes(upcast: Upcast) -> tuple[str, str]:
    """What the user's code takes and returns; a new name of the event leaves it alone."""
    before, after = upcast.names
    return version_class(before, upcast.version), version_class(after, upcast.version + 1)


def upcaster_name(upcast: Upcast) -> str:
    """The module of the user's code."""
    return upcaster_module(upcast.names[1], upcast.version)


def versions_module(story: Story) -> VersionsModule:
    names = Names("versions", bound=frozenset())
    records: dict[str, StoredRecord] = {}
    for _, upcast in code_upcasts(story):
        for name, shape in zip(version_classes(upcast), (upcast.before, upcast.after), strict=True):
            _Writer(names, records).record(name, shape)
    names.library("typing", "TypedDict")
    return VersionsModule(
        docstring=docstring("What versions of events are stored as, for code that upcasts them."),
        imports=names.imports(),
        use=names.from_libraries(),
        records=tuple(records.values()),
    )


def upcaster_skeleton(story: Story, event: Event, upcast: Upcast) -> UpcasterSkeleton:
    path = story.user_path("upcasters", upcaster_name(upcast))
    package = import_address(path, story.layout.story_path(story.schema.story, "versions.py"))
    names = Names("", bound={"upcast"})
    before, after = (names.application(package, name) for name in version_classes(upcast))
    return UpcasterSkeleton(
        docstring=docstring(f"`{event.name}` of version {upcast.version}, as it is now."),
        imports=names.imports(),
        use=names.from_libraries(),
        before=before,
        after=after,
        doc=f"version {upcast.version + 1}",
    )


class _Writer:
    """Records within records come first, under names of their own."""

    def __init__(self, names: Names, records: dict[str, StoredRecord]) -> None:
        self.names = names
        self.records = records
        self.outer: list[str] = []

    def record(self, name: str, shape: Shape) -> str:
        self.outer.insert(0, name)
        fields = tuple(
            (quoted(key), self._field(f"{name}_{number}", part))
            for number, (key, part) in enumerate(sorted(tables(shape, "fields")), 1)
        )
        self.outer.pop(0)
        self.records[name] = StoredRecord(name, fields)
        return name

    def _field(self, name: str, shape: Shape) -> str:
        type = self._type(name, shape)
        if not shape.get("optional") and not shape.get("sometimes"):
            return type
        return f"{self.names.library('typing', 'NotRequired')}[{type}]"

    def _type(self, name: str, shape: Shape) -> str:
        kind = str(shape.get("type"))
        match kind:
            case "record":
                return self.record(name, shape)
            case "outer":
                levels = shape["levels"]
                return quoted(self.outer[int(str(levels)) - 1])
            case "list" | "set":
                return f"{self.names.builtin('list')}[{self._item(name, shape)}]"
            case "map":
                text = self.names.builtin("str")
                return f"{self.names.builtin('dict')}[{text}, {self._item(name, shape)}]"
            case "json":
                return self.names.library("typing", "Any")
            case _:
                return self.names.builtin(_JSON_TYPES.get(kind, "str"))

    def _item(self, name: str, shape: Shape) -> str:
        return self._type(name, below(shape, "item"))
