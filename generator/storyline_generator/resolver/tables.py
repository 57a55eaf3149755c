"""Turns a TOML table into its known keys, each of the right kind, and says which are not.

It knows the kinds of values and no meaning: the shape of each table is told by its reader.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import NamedTuple

from storyline_generator.diagnostics import Findings, Place
from storyline_generator.immutable import NOTHING, immutable
from storyline_generator.mistakes import shapes
from storyline_generator.reading.document import Node
from storyline_generator.suggestions import closest


class Kind(Enum):
    """What a key may hold; the value is how a person calls it."""

    TEXT = "text"
    NAME = "a name"
    FLAG = "true or false"
    COUNT = "a whole number from 0 to 2147483647"
    NAMES = "a list of names"
    NAME_OR_NAMES = "a name or a list of names"
    TABLE = "a table"
    TABLES = "a list of tables"
    ANYTHING = "anything"
    LATER = "a feature of a later release"


Shape = Mapping[str, Kind]
_PLAIN: Mapping[Kind, type] = {Kind.TEXT: str, Kind.FLAG: bool, Kind.TABLE: dict}
_OF_EACH: Mapping[Kind, type] = {Kind.NAMES: str, Kind.NAME_OR_NAMES: str, Kind.TABLES: dict}


class Name(NamedTuple):
    """A name in a list of names, and where it stands."""

    text: str
    place: Place


@immutable
class Table:
    """A table that has been read. What is absent or broken reads as empty."""

    node: Node
    entries: Mapping[str, Node] = NOTHING
    broken: frozenset[str] = frozenset()
    """Keys that are there, but not as they must be, or not all of it. They have been reported."""

    @property
    def place(self) -> Place:
        return self.node.place

    def __contains__(self, key: str) -> bool:
        return key in self.entries or key in self.broken

    @property
    def is_table(self) -> bool:
        return isinstance(self.node.value, dict)

    def lacks(self, *keys: str) -> bool:
        """None of the keys is there, although the table is one."""
        return self.is_table and not any(key in self for key in keys)

    def is_empty(self, key: str) -> bool:
        """The key is there, as it must be, and nothing stands below it."""
        return key in self.entries and not self.entries[key].value

    def text(self, key: str) -> str:
        value = self._value(key)
        return value if isinstance(value, str) else ""

    def flag(self, key: str) -> bool:
        return self._value(key) is True

    def count(self, key: str) -> int | None:
        value = self._value(key)
        return value if isinstance(value, int) else None

    def names(self, key: str) -> tuple[Name, ...]:
        node = self.entries.get(key)
        if not node:
            return ()
        nodes = (node,) if isinstance(node.value, str) else node.elements()
        return tuple(Name(str(each.value), each.place.value) for each in nodes)

    def declarations(self, key: str) -> Iterable[tuple[str, Node]]:
        node = self.entries.get(key)
        return node.declarations() if node else ()

    def elements(self, key: str) -> Iterable[Node]:
        node = self.entries.get(key)
        return node.elements() if node else ()

    def _value(self, key: str) -> object:
        node = self.entries.get(key)
        return node.value if node else None


def read(node: Node, shape: Shape, what: str, hint: str = "") -> Findings[Table]:
    """The table with the keys that its shape knows.

    A misspelt key is read as the one that was meant, so that one mistake is one message.
    """
    if not isinstance(node.value, dict):
        yield shapes.wrong_kind(node.place.value, f"a table for {what}", node.kind, hint)
        return Table(node)
    entries: dict[str, Node] = {}
    broken: set[str] = set()
    given = dict(node.declarations())
    for key, child in given.items():
        if key in shape:
            meant, fits = key, (yield from _fits(child, shape[key]))
        else:
            yield shapes.unknown_key(key, what, child.place, _known(shape))
            alike = closest(key, _known(shape)) if key not in shapes.SECTIONS else ()
            meant = next(iter(alike), key)
            fits = meant in shape and meant not in given and _is(shape[meant], child)
        if fits:
            entries[meant] = child
        else:
            broken |= {key, meant}
    return Table(node, entries, frozenset(broken))


def _known(shape: Shape) -> list[str]:
    return [key for key, kind in shape.items() if kind is not Kind.LATER]


def _fits(node: Node, kind: Kind) -> Findings[bool]:
    if kind is Kind.LATER:
        yield shapes.not_yet(str(node.keys[-1]), node.place)
    elif not _is(kind, node):
        yield from _wrong_kind(node, kind)
    elif kind in (Kind.NAMES, Kind.NAME_OR_NAMES):
        yield from _repeated(node)
        return True
    else:
        return True
    return False


def _is(kind: Kind, node: Node) -> bool:
    match kind:
        case Kind.NAME:
            return isinstance(node.value, str) and node.value != ""
        case Kind.COUNT:
            return type(node.value) is int and 0 <= node.value < 2**31
        case Kind.NAMES | Kind.TABLES:
            return _is_list_of(_OF_EACH[kind], node)
        case Kind.NAME_OR_NAMES:
            return isinstance(node.value, str) or _is_list_of(_OF_EACH[kind], node)
        case _:
            return isinstance(node.value, _PLAIN.get(kind, object))


def _is_list_of(kind: type, node: Node) -> bool:
    return isinstance(node.value, list) and all(
        isinstance(each.value, kind) for each in node.elements()
    )


def _wrong_kind(node: Node, kind: Kind) -> Findings[None]:
    """Of a list, the first element that does not belong there."""
    wrong = (
        each for each in node.elements() if not isinstance(each.value, _OF_EACH.get(kind, object))
    )
    if element := next(wrong, None):
        wanted = "a table" if kind is Kind.TABLES else "a name"
        yield shapes.wrong_kind(element.place.value, wanted, element.kind)
    else:
        got = (
            f"`{node.value}`" if kind is Kind.COUNT and type(node.value) is int else _kind_of(node)
        )
        yield shapes.wrong_kind(node.place.value, kind.value, got)


def _kind_of(node: Node) -> str:
    kinds = dict.fromkeys(each.kind for each in node.elements())
    return f"a list of {' and '.join(kinds)}" if kinds else node.kind


def _repeated(node: Node) -> Findings[None]:
    first: dict[object, Node] = {}
    for each in node.elements():
        earlier = first.setdefault(each.value, each)
        if earlier is not each:
            yield shapes.repeated_name(str(each.value), each.place, earlier.place)
