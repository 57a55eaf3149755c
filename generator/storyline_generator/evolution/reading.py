"""Whether rows of one shape can be read as another. Shapes are tables of the lock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from storyline_generator.lock.tree import EMPTY, Fact, Path, Tree, below, tables

_TEXTS = ("enum", "uuid", "date", "datetime", "time", "duration", "bytes", "decimal")
_READABLE_AS: Mapping[str, tuple[str, ...]] = {
    "int": ("float", "decimal"),
    "float": ("decimal",),
    "list": ("set",),
    "set": ("list",),
    **dict.fromkeys(_TEXTS, ("str",)),
}
"""What a stored type can be read as, besides itself and `json`."""
_LOWER = ("min_length", "min", "min_items")
_UPPER = ("max_length", "max", "decimal_places", "max_digits", "max_items")
_SAME = ("pattern", "multiple_of", "base_pattern", "base_multiple_of")


@dataclass(frozen=True, slots=True)
class Misfit:
    """Something in rows that cannot be read. `path` leads to it, below the event's version."""

    path: Path
    reason: str
    hint: str


def misfits(old: Tree, new: Tree) -> Iterator[Misfit]:
    """Of the fields of an event or a record. A field that is gone is ignored by readers."""
    for key, field in tables(new, "fields"):
        path = ("fields", key)
        known = (below(old, "fields", name) for name in (key, *below(field, "was")))
        before: Tree = next(filter(None, known), EMPTY)
        if not before:
            yield from _absent(path, field)
        else:
            yield from _of_field(path, before, field)


def may_be_absent(field: Tree) -> bool:
    return bool(field.get("optional") or field.get("sometimes"))


def has_default(field: Tree) -> bool:
    return "default" in field or "default_json" in field


def _absent(path: Path, field: Tree) -> Iterator[Misfit]:
    if not field.get("optional") and not has_default(field):
        hint = f"give it a default, make it optional, or a new version with `set.{path[-1]}`"
        yield Misfit(path, f"`{path[-1]}` is required now, and is not there", hint)


def _of_field(path: Path, old: Tree, new: Tree) -> Iterator[Misfit]:
    if may_be_absent(old) and not may_be_absent(new) and not has_default(new):
        hint = f"keep it optional, or begin a new version with `set.{path[-1]}`"
        yield Misfit(path, f"`{path[-1]}` is required now, and may be absent", hint)
    for name in below(old, "was"):
        if name not in below(new, "was"):
            hint = f'keep `was = ["{name}"]`'
            yield Misfit((*path, "was", name), f"`{path[-1]}` is `{name}` in older rows", hint)
    if has_default(old) and has_default(new) and _default(old) != _default(new):
        hint = f"keep the default, or begin a new version with `set.{path[-1]}`"
        yield Misfit(path, f"`{path[-1]}` has another default now", hint)
    yield from _of_value(path, old, new)


def _default(field: Tree) -> object:
    return field.get("default"), field.get("default_json")


def _of_value(path: Path, old: Tree, new: Tree) -> Iterator[Misfit]:
    kind, other = str(old.get("type")), str(new.get("type"))
    if other == "json":
        return
    if kind != other and other not in _READABLE_AS.get(kind, ()):
        hint = "give what is new another name, or begin a new version that converts it"
        yield Misfit(path, f"`{_name(path)}` was `{kind}`, and is `{other}` now", hint)
        return
    yield from _tighter(path, old, new)
    if other == "enum":
        yield from _values(path, old, new)
    if other in ("list", "set", "map"):
        yield from _of_value((*path, "item"), below(old, "item"), below(new, "item"))
    if other == "record":
        yield from (_within(path, misfit) for misfit in misfits(old, new))


def _within(path: Path, misfit: Misfit) -> Misfit:
    return Misfit((*path, *misfit.path), f"in `{_name(path)}`, {misfit.reason}", misfit.hint)


def _values(path: Path, old: Tree, new: Tree) -> Iterator[Misfit]:
    if new.get("open"):
        return
    if old.get("open"):
        yield Misfit(path, f"`{_name(path)}` was open, and is closed now", "keep `open = true`")
    known = below(new, "values")
    for value in below(old, "values"):
        if value not in known:
            hint = f'keep it: `retired = ["{value}"]`, or begin a new version with `map`'
            reason = f"`{_name(path)}` may be `{value}`, which it cannot be now"
            yield Misfit((*path, "values", value), reason, hint)


def _tighter(path: Path, old: Tree, new: Tree) -> Iterator[Misfit]:
    for bound in (*_LOWER, *_UPPER, *_SAME):
        before, now = old.get(bound), new.get(bound)
        if now is None or before == now or isinstance(now, Mapping):
            continue
        if before is None or isinstance(before, Mapping) or _is_tighter(bound, before, now):
            hint = f"keep the old `{bound}`, and let a validator refuse what is new"
            reason = f"`{bound}` of `{_name(path)}` is narrower now"
            yield Misfit((*path, bound) if before is not None else path, reason, hint)


def _is_tighter(bound: str, before: Fact, now: Fact) -> bool:
    if bound in _SAME:
        return True
    return Decimal(now) > Decimal(before) if bound in _LOWER else Decimal(now) < Decimal(before)


def _name(path: Path) -> str:
    names = [key for key in path if key not in ("fields", "item")]
    return names[-1] if names else path[-1]
