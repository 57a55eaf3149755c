"""Whether rows of one shape can be read as another. Shapes are tables of the lock.

Each misfit carries the code of the compatibility rule that it breaks. Read the other way round, the
same laws say what the last release makes of rows that are written now. Bounds keep no row from
being read: `narrowing` sees to that.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import cast

from storyline_generator.immutable import immutable, replaced
from storyline_generator.lock.text import basic_string, dotted
from storyline_generator.lock.tree import Path, Tree, below, tables

NUMBERS = ("int", "float", "decimal")
_TEXTS = ("enum", "uuid", "date", "datetime", "time", "duration", "bytes", "decimal")
_COLLECTIONS = ("list", "set", "map")
_READABLE_AS: Mapping[str, tuple[str, ...]] = {
    "int": ("float", "decimal"),
    "float": ("decimal",),
    "list": ("set",),
    "set": ("list",),
    **dict.fromkeys(_TEXTS, ("str",)),
}
"""What a stored type can be read as, besides itself and `json`."""


@immutable
class Misfit:
    """Something in rows that cannot be read. `path` leads to it, below the event's version."""

    code: str
    path: Path
    reason: str
    remedy: str
    """What to write instead, without a new version. `{type}` is the field's type in the schema."""
    step: str = ""
    """What would mend it in an upcast, if anything does. `{name}` is the field's name there."""
    then: Path = ()
    """Where it was, if not at the same path."""
    within: str = ""
    """The fields whose records have it: `in `place`, `."""

    @property
    def known_at(self) -> Path:
        return self.then or self.path


def misfits(old: Tree, new: Tree) -> Iterator[Misfit]:
    """Of the fields of an event or a record. A field that is gone is ignored by readers."""
    if old == new:
        return
    renames = unannounced_renames(old, new)
    for key, field in tables(new, "fields"):
        path = ("fields", key)
        name = known_as(key, field, below(old, "fields"))
        if name is not None:
            yield from _of_field(path, name, below(old, "fields", name), field)
        elif key in renames:
            yield from _renamed(path, renames[key], field)
        else:
            yield from _absent(path, field)


def known_as(key: str, field: Tree, old: Tree) -> str | None:
    """Under which key the shape has the field, if it has it."""
    return next((name for name in (key, *below(field, "was")) if name in old), None)


def may_be_absent(field: Tree) -> bool:
    return bool(field.get("optional") or field.get("sometimes"))


def has_default(field: Tree) -> bool:
    return "default" in field or "default_json" in field


def unannounced_renames(old: Tree, new: Tree) -> Mapping[str, str]:
    """New keys → the one key that is gone and had just this shape, where there are no others."""
    before, now = below(old, "fields"), below(new, "fields")
    known = {name for key, field in tables(now) for name in (key, *below(field, "was"))}
    gone = {key: field for key, field in tables(before) if key not in known and _is_live(field)}
    fresh = {key: field for key, field in tables(now) if known_as(key, field, before) is None}
    found: dict[str, str] = {}
    for key, field in fresh.items():
        alike = [name for name, other in gone.items() if _is_alike(field, other)]
        rivals = [name for name, other in fresh.items() if _is_alike(field, other)]
        if len(alike) == len(rivals) == 1:
            found[key] = alike[0]
    return found


def _is_live(field: Tree) -> bool:
    return not field.get("removed")


def _is_alike(one: Tree, other: Tree) -> bool:
    without = ("was", "sometimes")
    return _only(one, without) == _only(other, without)


def _only(field: Tree, without: tuple[str, ...]) -> Tree:
    return {key: part for key, part in field.items() if key not in without}


def _renamed(path: Path, old: str, field: Tree) -> Iterator[Misfit]:
    """What may be absent can be new as well: then it is for `compatibility` to ask."""
    if not field.get("optional") and not has_default(field):
        reason = f"`{path[-1]}` is required now, and was perhaps `{old}`"
        remedy = f'write `{{ type = "{{type}}", was = ["{old}"] }}`, if it is the same field'
        step = f'rename.{{name}} = "{old}"'
        yield Misfit("unannounced-rename", path, reason, remedy, step, ("fields", old))


def _absent(path: Path, field: Tree) -> Iterator[Misfit]:
    if not field.get("optional") and not has_default(field):
        remedy = 'give it a default, or make it optional: `"{type}?"`'
        reason = f"`{path[-1]}` is required now, and is not there"
        yield Misfit("new-required-field", path, reason, remedy, _set(field))


def _of_field(path: Path, name: str, old: Tree, new: Tree) -> Iterator[Misfit]:
    then = ("fields", name)
    for misfit in _of_known_field(path, old, new):
        at = (*then, *misfit.path[len(path) :])
        yield replaced(misfit, then=at if at != misfit.path else ())


def _of_known_field(path: Path, old: Tree, new: Tree) -> Iterator[Misfit]:
    key = path[-1]
    found = tuple(value_misfits(path, old, new))
    if old.get("removed") and found:
        reason = f"`{key}` was `{_kind(old)}`, was removed, and is something else now"
        yield Misfit("reused-field-name", path, reason, "give what is new another name")
        return
    if may_be_absent(old) and not may_be_absent(new) and not has_default(new):
        reason = f"`{key}` is required now, and may be absent"
        remedy = 'keep it optional: `"{type}?"`'
        yield Misfit("newly-required-field", path, reason, remedy, _set(new))
    for name in below(old, "was"):
        if name not in below(new, "was") and name != key:
            remedy = f'keep `was = ["{name}"]`'
            reason = f"`{key}` is `{name}` in older rows"
            yield Misfit("unannounced-rename", (*path, "was", name), reason, remedy)
    if _means_another(old, new):
        step = f"set.{{name}} = {_written(old)}"
        reason = f"`{key}` has {'another' if has_default(new) else 'no'} default now"
        yield Misfit("changed-default", path, reason, "keep the old default", step)
    yield from found


def _means_another(old: Tree, new: Tree) -> bool:
    """Rows that lack the field meant its default."""
    if has_default(old) and has_default(new):
        return _default(old) != _default(new)
    return has_default(old) and bool(old.get("sometimes") and new.get("optional"))


def _default(field: Tree) -> object:
    return field.get("default"), field.get("default_json")


def value_misfits(path: Path, old: Tree, new: Tree) -> Iterator[Misfit]:
    """Of one value, whether or not it is always there."""
    kind, other = _kind(old), _kind(new)
    if other == "json" or _same(old, new):
        return
    if kind != other and other not in _READABLE_AS.get(kind, ()):
        yield _of_another_type(path, old, new)
        return
    if other == "enum":
        yield from _values(path, old, new)
    if other in _COLLECTIONS:
        inner = value_misfits((*path, "item"), below(old, "item"), below(new, "item"))
        yield from (replaced(misfit, step=misfit.step and CODE) for misfit in inner)
    if other == "record":
        yield from (_within(path, misfit) for misfit in misfits(old, new))


def _same(old: Tree, new: Tree) -> bool:
    without = ("optional", "sometimes", "was", "default", "default_json", "removed")
    return _only(old, without) == _only(new, without)


def _of_another_type(path: Path, old: Tree, new: Tree) -> Misfit:
    kind, other, name = _kind(old), _kind(new), _name(path)
    reason = f"`{name}` was `{_toml_type(old)}`, and is `{_toml_type(new)}` now"
    another = "give what is new another name"
    if (kind, other) == ("date", "datetime"):
        step = 'convert.{name} = "midnight_utc"'
        return Misfit("date-as-datetime", path, reason, another, step)
    if other == "str" and kind in ("int", "float", "bool"):
        return Misfit("number-as-text", path, reason, another, 'convert.{name} = "to_str"')
    if other == "list" and _same(old, below(new, "item")):
        return Misfit("changed-cardinality", path, reason, another, 'convert.{name} = "wrap"')
    if (kind in _COLLECTIONS and other not in _COLLECTIONS) or other in _COLLECTIONS:
        return Misfit("changed-cardinality", path, reason, another, CODE)
    if kind in NUMBERS and other in NUMBERS:
        return Misfit("narrowed-number", path, reason, another, CODE)
    return Misfit("changed-type", path, reason, another, CODE)


CODE = "code = true"
"""What only the user can write."""


def _within(path: Path, misfit: Misfit) -> Misfit:
    """A step knows the fields of the event, not those of a record in it."""
    then = (*path, *misfit.then) if misfit.then else ()
    within = f"in `{_name(path)}`, {misfit.within}"
    return replaced(misfit, path=(*path, *misfit.path), then=then, within=within, step=CODE)


def _values(path: Path, old: Tree, new: Tree) -> Iterator[Misfit]:
    """One misfit for all values that are gone: they were taken away in one edit."""
    if new.get("open"):
        return
    if old.get("open"):
        reason = f"`{_name(path)}` was open, and is closed now"
        yield Misfit("closed-enum", path, reason, "keep `open = true`")
        return
    gone = sorted(value for value in below(old, "values") if value not in below(new, "values"))
    if gone:
        listed = ", ".join(map(basic_string, gone))
        fresh = [value for value in below(new, "values") if value not in below(old, "values")]
        target = basic_string(fresh[0] if len(gone) == len(fresh) == 1 else "…")
        reason = f"`{_name(path)}` may be `{'`, `'.join(gone)}`, which it cannot be now"
        step = ", ".join(f"map.{{name}}.{dotted((value,))} = {target}" for value in gone)
        at = (*path, "values", gone[0])
        yield Misfit("removed-enum-value", at, reason, f"keep it: `retired = [{listed}]`", step)


def _name(path: Path) -> str:
    names = [key for key in path if key not in ("fields", "item")]
    return names[-1] if names else path[-1]


# As a person would write it


def _kind(shape: Tree) -> str:
    return str(shape.get("type"))


def _toml_type(shape: Tree) -> str:
    kind = _kind(shape)
    return f"{kind}[{_toml_type(below(shape, 'item'))}]" if kind in _COLLECTIONS else kind


def _set(field: Tree) -> str:
    return f"set.{{name}} = {_sample(field)}"


def _sample(field: Tree) -> str:
    """A value of the type, as TOML has it; the user knows the right one."""
    values = sorted(below(field, "values"))
    return _SAMPLES.get(_kind(field), basic_string(values[0] if values else "…"))


_SAMPLES: Mapping[str, str] = {
    "int": "0",
    "float": "0.0",
    "bool": "false",
    "decimal": '"0"',
    "list": "[]",
    "set": "[]",
    "map": "{}",
    "record": "{ … }",
    "json": "{}",
    "date": "2026-01-01",
    "datetime": "2026-01-01T00:00:00Z",
    "time": "00:00:00",
}


def _written(field: Tree) -> str:
    if "default_json" in field:
        return _toml(json.loads(str(field["default_json"])))
    return _toml(field.get("default"))


def _toml(value: object) -> str:
    """A stored value on one line."""
    match value:
        case str():
            return basic_string(value)
        case dict():
            table = cast("dict[str, object]", value)
            entries = (f"{dotted((key,))} = {_toml(each)}" for key, each in table.items())
            return f"{{ {', '.join(entries)} }}"
        case list():
            return f"[{', '.join(map(_toml, cast('list[object]', value)))}]"
        case _:
            return json.dumps(value)
