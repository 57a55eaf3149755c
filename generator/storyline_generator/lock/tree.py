"""Facts as nested tables: `{"events": {"ITEM_ADDED": {"1": …}}}`. It knows no meaning of a key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

Fact: TypeAlias = str | int | bool
Tree: TypeAlias = Mapping[str, "Fact | Tree"]
MutableTree: TypeAlias = dict[str, "Fact | MutableTree"]
Path: TypeAlias = tuple[str, ...]
EMPTY: Tree = {}


def below(tree: Tree, *path: str) -> Tree:
    """The table at the path; an empty one where there is none."""
    for key in path:
        found = tree.get(key)
        tree = found if isinstance(found, Mapping) else {}
    return tree


def tables(tree: Tree, *path: str) -> Iterator[tuple[str, Tree]]:
    """The tables in the table at the path."""
    for key, part in below(tree, *path).items():
        if isinstance(part, Mapping):
            yield key, part


def facts(tree: Tree) -> dict[str, Fact]:
    """What the table itself says, without the tables in it."""
    return {key: part for key, part in tree.items() if not isinstance(part, Mapping)}


def walk(tree: Tree, path: Path = ()) -> Iterator[tuple[Path, Fact]]:
    """Every fact with its path."""
    for key, part in tree.items():
        if isinstance(part, Mapping):
            yield from walk(part, (*path, key))
        else:
            yield (*path, key), part


def put(tree: MutableTree, path: Path, fact: Fact) -> bool:
    """Adds a fact; False if another one stands there, or would have to be a table."""
    *tables_on_the_way, last = path
    for key in tables_on_the_way:
        step = tree.setdefault(key, {})
        if not isinstance(step, dict):
            return False
        tree = step
    there = tree.setdefault(last, fact)
    return there == fact and type(there) is type(fact)
