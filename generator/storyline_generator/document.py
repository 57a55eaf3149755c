"""A story as TOML gave it: plain tables, and for each value the place where it stands.

It knows which file said what, and nothing of what the tables mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import cast

from storyline_generator.diagnostics import Keys, Place
from storyline_generator.source import Source


@dataclass(frozen=True, slots=True)
class Document:
    """One story, from one file or from all files of a folder."""

    tables: dict[str, object]
    main: Source
    """The file that names the story."""
    others: Mapping[Keys, Source] = field(default_factory=dict)
    """For what stands in another file: its first one or two keys, and the file."""

    @property
    def root(self) -> Node:
        return Node(self, (), self.tables)

    @property
    def sources(self) -> tuple[Source, ...]:
        return tuple(dict.fromkeys((self.main, *self.others.values())))

    def place(self, keys: Keys) -> Place:
        source = self.others.get(keys[:2]) or self.others.get(keys[:1]) or self.main
        return Place(source, keys)


@dataclass(frozen=True, slots=True)
class Node:
    """A value within a document."""

    document: Document
    keys: Keys
    value: object

    @property
    def place(self) -> Place:
        return self.document.place(self.keys)

    @property
    def kind(self) -> str:
        """What a person calls a value like this one."""
        return kind_of(self.value)

    def items(self) -> Iterator[tuple[str, Node]]:
        """What stands in this table; nothing if it is no table."""
        if isinstance(self.value, dict):
            for key, value in cast(dict[str, object], self.value).items():
                yield key, Node(self.document, (*self.keys, key), value)

    def declarations(self) -> Iterator[tuple[str, Node]]:
        """The same without the user's own `x-…` keys."""
        return (item for item in self.items() if not item[0].startswith("x-"))

    def elements(self) -> Iterator[Node]:
        """What stands in this array; nothing if it is no array."""
        if isinstance(self.value, list):
            for index, value in enumerate(cast(list[object], self.value)):
                yield Node(self.document, (*self.keys, index), value)


def kind_of(value: object) -> str:
    return next((name for kind, name in _KINDS.items() if isinstance(value, kind)), "a value")


_KINDS: Mapping[type, str] = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    datetime: "a date with a time",
    date: "a date",
    time: "a time",
    list: "a list",
    dict: "a table",
}
"""In this order: a bool is also an int, and a datetime is also a date."""
