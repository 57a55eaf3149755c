"""A story as TOML gave it: plain tables, and for each value the place where it stands.

It knows which file said what, and nothing of what the tables mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import NamedTuple, cast

from storyline_generator.diagnostics import Keys, Place
from storyline_generator.immutable import NOTHING, immutable
from storyline_generator.source import Source


@immutable
class Document:
    """One story, from one file or from all files of a folder."""

    tables: dict[str, object]
    main: Source
    """The file that names the story."""
    homes: Mapping[Keys, Source] = NOTHING
    """Of a story in several files: the file of each setting, and of each entry of a section."""
    lock: Source = Source("", "")
    """What has been released; without a text where nothing has been."""

    @property
    def root(self) -> Node:
        return Node(self, (), self.tables)

    @property
    def sources(self) -> tuple[Source, ...]:
        return tuple(dict.fromkeys((self.main, *self.homes.values())))

    def place(self, keys: Keys) -> Place:
        if not self.homes:
            return Place(self.main, keys)
        found = self.homes.get(keys[:2]) or self.homes.get(keys[:1]) or self._home_of(keys[:1])
        return Place(found, keys)

    def _home_of(self, section: Keys) -> Source:
        """Of a section in several files: the first of them."""
        return next((home for keys, home in self.homes.items() if keys[:1] == section), self.main)


class Node(NamedTuple):
    """A value within a document."""

    document: Document
    keys: Keys
    value: object

    @property
    def place(self) -> Place:
        return self.document.place(self.keys)

    @property
    def kind(self) -> str:
        return kind_of(self.value)

    def items(self) -> Iterator[tuple[str, Node]]:
        """What stands in this table; nothing if it is no table."""
        for key, value in (table_of(self.value) or {}).items():
            yield key, Node(self.document, (*self.keys, key), value)

    def declarations(self) -> Iterator[tuple[str, Node]]:
        """The same without the user's own `x-…` keys."""
        return (item for item in self.items() if not is_private(item[0]))

    def elements(self) -> Iterator[Node]:
        """What stands in this array; nothing if it is no array."""
        for index, value in enumerate(list_of(self.value) or []):
            yield Node(self.document, (*self.keys, index), value)


def table_of(value: object) -> dict[str, object] | None:
    return cast(dict[str, object], value) if isinstance(value, dict) else None


def list_of(value: object) -> list[object] | None:
    return cast(list[object], value) if isinstance(value, list) else None


def is_private(key: str) -> bool:
    """Whether a key is the user's own, which Storyline passes over."""
    return key.startswith("x-")


def kind_of(value: object) -> str:
    """What a person calls a value like this one."""
    if value == "":
        return "empty text"
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
