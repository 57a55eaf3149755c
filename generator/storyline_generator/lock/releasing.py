"""What was released, and what is now → what is released then. It adds, and forgets nothing.

It does not judge: whether what is now can read what was released, the checks have said before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from storyline_generator.lock.bounds import BOUNDS, loosest
from storyline_generator.lock.tree import Fact, Tree, below, facts, tables

_LATEST = ("streams", "filters")
_VERSIONED = ("events", "projections")
"""The others are as the last release has them; but no name is forgotten, either."""


def released(before: Tree, now: Tree) -> Tree:
    """Rows of one version may have been written by several releases; of a state only the last."""
    events = _sections(below(before, "events"), below(now, "events"), merged_shape)
    states = _sections(below(before, "projections"), below(now, "projections"), _latest)
    names = _renamed(below(before, "renamed"), below(now, "renamed"))
    return {**now, "events": events, "projections": states, "renamed": names}


def news(before: Tree, after: Tree) -> Iterable[str]:
    """What a release changes, for people: `ITEM_ADDED, version 2`, `filter urgent (changed)`."""
    for section in _VERSIONED:
        for name, versions in tables(after, section):
            for version, shape in tables(versions):
                known = below(before, section, name, version)
                if known != shape:
                    yield f"{name}, version {version}{' (more of it)' if known else ''}"
    for section in _LATEST:
        old, new = below(before, section), below(after, section)
        for name in _either(old, new):
            if old.get(name) != new.get(name):
                yield f"{section.removesuffix('s')} {name}{_fate(name, old, new)}"


def _fate(name: str, old: Tree, new: Tree) -> str:
    if name not in new:
        return " (gone)"
    return " (changed)" if name in old else ""


def _renamed(before: Tree, now: Tree) -> Tree:
    """An older name → all that it became, one after the other."""
    return {old: {**below(before, old), **below(now, old)} for old in _either(before, now)}


def _sections(before: Tree, now: Tree, both: Callable[[Tree, Tree], Tree]) -> Tree:
    return {
        name: _versions(below(before, name), below(now, name), both)
        for name in _either(before, now)
    }


def _versions(before: Tree, now: Tree, both: Callable[[Tree, Tree], Tree]) -> Tree:
    return {
        version: both(below(before, version), below(now, version))
        if version in before and version in now
        else below(now if version in now else before, version)
        for version in _either(before, now)
    }


def _latest(_: Tree, now: Tree) -> Tree:
    return now


def merged_shape(before: Tree, now: Tree) -> Tree:
    """What rows of one version may look like, if they were written in either shape."""
    said = {name: fact for name, fact in facts(now).items() if name not in BOUNDS}
    parts: dict[str, Fact | Tree] = {**said, **loosest(before, now)}
    if before.get("sometimes") or (before.get("optional") and not now.get("optional")):
        parts["sometimes"] = True
    if "fields" in now:
        parts["fields"] = _merged_fields(below(before, "fields"), below(now, "fields"))
    for names in ("values", "was"):
        if names in now:
            parts[names] = {**below(before, names), **below(now, names)}
    if "item" in now:
        parts["item"] = merged_shape(below(before, "item"), below(now, "item"))
    return parts


def _merged_fields(before: Tree, now: Tree) -> Tree:
    """A field that only one of them has is missing in some rows; both have one that is renamed."""
    renamed = {old: key for key, field in tables(now) for old in below(field, "was")}
    before = {
        key if renamed.get(key, key) in before else renamed.get(key, key): field
        for key, field in before.items()
    }
    return {
        key: merged_shape(below(before, key), below(now, key))
        if key in before and key in now
        else _in_some_rows(below(before, key), below(now, key))
        for key in _either(before, now)
    }


def _in_some_rows(before: Tree, now: Tree) -> Tree:
    """A name that is free again is not free for anything: old rows have it."""
    return {**now, "sometimes": True} if now else {**before, "sometimes": True, "removed": True}


def _either(one: Tree, other: Tree) -> Iterable[str]:
    return sorted({*one, *other})
