"""What the last release makes of rows that are written now: readability, the other way round.

In a rolling deploy old code runs on beside new code. So rows of today's shape are read as the shape
that was released last; and what cannot be read so is a warning. On the way it says what else has
changed, and is allowed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from storyline_generator.compatibility.rule import Verdict, released_like_this
from storyline_generator.compatibility.rules import BY_CODE
from storyline_generator.diagnostics import Place
from storyline_generator.evolution.locating import spot
from storyline_generator.evolution.reading import (
    Misfit,
    has_default,
    may_be_absent,
    misfits,
    unannounced_renames,
)
from storyline_generator.evolution.releases import released_place, released_versions
from storyline_generator.immutable import immutable
from storyline_generator.lock import Past
from storyline_generator.lock.bounds import loosest
from storyline_generator.lock.tree import Path, Tree, below, tables
from storyline_generator.schema import Event, Schema

_THE_OTHER_WAY_ROUND: Mapping[str, str] = {
    "new-required-field": "removed-required-field",
    "unannounced-rename": "removed-required-field",
    "newly-required-field": "newly-optional-field",
    "narrowed-number": "widened-number",
    "changed-type": "value-as-text",
    "removed-enum-value": "new-enum-value",
    "closed-enum": "opened-enum",
}
_OF_THE_TYPE = ("new-enum-value", "new-open-enum-value", "opened-enum", "looser-constraint")
_SAYING: Mapping[str, str] = {
    "new-optional-field": "`{field}` of {events} is new, and may be absent",
    "new-field-with-default": "`{field}` of {events} is new, and has a default",
    "removed-optional-field": "`{field}` of {events} is gone, and could be absent",
    "removed-required-field": "`{field}` of {events} is gone, and the last release needs it",
    "possible-rename": "`{field}` of {events} is new, and `{old}`, which was just like it, is gone",
    "announced-rename": "`{field}` of {events} was `{old}`",
    "newly-optional-field": "`{field}` of {events} may be absent now; the last release needs it",
    "widened-number": "`{field}` of {events} was `{old}`, and the last release reads no `{new}`",
    "value-as-text": "`{field}` of {events} was `{old}`, and the last release reads no other text",
    "type-as-json": "`{field}` of {events} was `{old}`, and the last release reads nothing else",
    "list-as-set": "`{field}` of {events} is a set now: what old rows have twice is read once",
    "set-as-list": "`{field}` of {events} is a list now",
    "new-enum-value": "`{field}` of {events} may be {values} now, unknown to the last release",
    "new-open-enum-value": "`{field}` of {events} may be {values} now",
    "opened-enum": "`{field}` of {events} is open now",
    "looser-constraint": "a bound of `{field}` of {events} is wider now",
}
_HINTS: Mapping[str, str] = {
    "possible-rename": 'write `was = ["{old}"]` if it is the same field; else say so',
    "removed-required-field": "make it optional first, and release that; or say why not",
    "newly-optional-field": "go on giving it until no old code runs, and say so",
    "new-enum-value": "write it when no old code runs any more, and say so",
    "list-as-set": "say that it does not matter",
}
_DEPLOYED = "deploy the readers first, and say so"


@immutable
class _Change:
    """A rule, and what it is about: a path in today's shape, and one in that of the release."""

    code: str
    now: Path
    then: Path
    words: Mapping[str, str]


def of_events(schema: Schema, today: Tree, then: Past) -> Iterator[Verdict]:
    """Of every event whose shape has changed since the last release, and can be read."""
    found: list[tuple[Event, int, _Change]] = []
    for event in schema.events.values():
        versions = released_versions(event, then)
        if not versions:
            continue
        last = max(versions)
        now, before = below(today, "events", event.name, str(event.version)), versions[last]
        if event.version > last:
            yield _newer(event, released_place(event, last, then))
        elif now != before and not any(misfits(before, now)):
            found += ((event, last, change) for change in _changes(before, now))
    yield from _told(found, schema, then)


def _newer(event: Event, place: Place) -> Verdict:
    message = f"version {event.version} of `{event.name}` is one that the last release refuses."
    hint = f"{_DEPLOYED}: `# storyline: ignore[newer-version] …`"
    at = event.place / "version"
    return Verdict(BY_CODE["newer-version"], message, at, released_like_this(place), hint)


def _changes(before: Tree, now: Tree) -> Iterator[_Change]:
    last = {key: part for key, part in tables(before, "fields") if not part.get("removed")}
    new = below(now, "fields")
    announced = {old: key for key, part in tables(now, "fields") for old in below(part, "was")}
    renamed = {old: key for old, key in announced.items() if old in last and old not in new}
    guessed = {old: key for key, old in unannounced_renames(before, now).items()}
    for old, key in renamed.items():
        if old not in below(before, "fields", key, "was"):
            yield _Change("announced-rename", ("fields", key), ("fields", old), {"old": old})
    for old, key in guessed.items():
        yield _Change("possible-rename", ("fields", key), ("fields", old), {"old": old})
    kept = {key: part for key, part in last.items() if key not in (renamed | guessed)}
    yield from _gone(kept, new)
    yield from _fresh(below(before, "fields"), new, {*renamed.values(), *guessed.values()})
    both = {"fields": {renamed.get(key, key): part for key, part in last.items()}}
    yield from (_reversed(each, both, now) for each in misfits(now, both) if _is_told(each, both))
    for key, part in tables(both, "fields"):
        yield from _within(("fields", key), part, below(new, key)) if key in new else ()


def _gone(last: Mapping[str, Tree], new: Tree) -> Iterator[_Change]:
    for key, part in last.items():
        if key not in new:
            needed = not may_be_absent(part) and not has_default(part)
            code = "removed-required-field" if needed else "removed-optional-field"
            yield _Change(code, ("fields", key), ("fields", key), {})


def _fresh(before: Tree, new: Tree, known: set[str]) -> Iterator[_Change]:
    for key, part in tables(new):
        if key not in before and key not in known:
            code = "new-optional-field" if part.get("optional") else "new-field-with-default"
            yield _Change(code, ("fields", key), (), {})


def _is_told(misfit: Misfit, before: Tree) -> bool:
    """Fields that are gone as a whole have been; and readers know the names of their time."""
    of_a_field = len(misfit.path) == 2
    is_gone = misfit.code in ("new-required-field", "unannounced-rename")
    return not (of_a_field and is_gone) and "was" not in misfit.path


def _reversed(misfit: Misfit, before: Tree, now: Tree) -> _Change:
    old, new = below(before, *misfit.path), below(now, *misfit.known_at)
    code = _THE_OTHER_WAY_ROUND.get(misfit.code, "changed-type")
    if new.get("type") == "json":
        code = "type-as-json"
    words = {"old": str(old.get("type")), "new": str(new.get("type"))}
    if misfit.code == "removed-enum-value":
        *path, _, _ = misfit.path
        words["values"] = _fresh_values(below(before, *path), below(now, *path))
    return _Change(code, misfit.known_at, misfit.path, words)


def _fresh_values(before: Tree, now: Tree) -> str:
    known = below(before, "values")
    return ", ".join(f"`{value}`" for value in sorted(below(now, "values")) if value not in known)


def _within(path: Path, before: Tree, now: Tree) -> Iterator[_Change]:
    """What readers do not mind, and yet should be said."""
    pair = before.get("type"), now.get("type")
    bounds = loosest(before, before) if pair[0] == pair[1] else {}
    if loosest(now, bounds) != bounds:
        yield _Change("looser-constraint", path, path, {})
    if pair == ("list", "set"):
        yield _Change("list-as-set", path, path, {})
    if pair == ("set", "list"):
        yield _Change("set-as-list", path, path, {})
    values = _fresh_values(before, now) if before.get("open") and now.get("open") else ""
    if values:
        yield _Change("new-open-enum-value", path, path, {"values": values})
    if "item" in before and "item" in now:
        yield from _within((*path, "item"), below(before, "item"), below(now, "item"))
    for key, part in tables(before, "fields"):
        if key in below(now, "fields"):
            yield from _within((*path, "fields", key), part, below(now, "fields", key))


def _told(
    found: Iterable[tuple[Event, int, _Change]], schema: Schema, then: Past
) -> Iterator[Verdict]:
    """Once, however many events have the field, or fields the type."""
    groups: dict[tuple[object, ...], list[tuple[Event, int, _Change, Place]]] = {}
    for event, last, change in found:
        at = spot(event, change.now, schema)
        is_of_the_type = change.code in _OF_THE_TYPE and not at.constrains_itself
        place = at.type_place if is_of_the_type and at.type_place else at.place
        key = change.code, place, () if is_of_the_type else change.now[-1]
        groups.setdefault(key, []).append((event, last, change, place))
    for group in groups.values():
        yield _verdict(group, then)


def _verdict(group: list[tuple[Event, int, _Change, Place]], then: Past) -> Verdict:
    event, last, change, place = group[0]
    others = len({each.name for each, *_ in group}) - 1
    events = f"`{event.name}`" + (f" (and {others} more)" if others else "")
    words = {"field": _name(change.now), "events": events, **change.words}
    message = _filled(_SAYING[change.code], words)
    rule = BY_CODE[change.code]
    hint = _filled(_HINTS.get(change.code, _DEPLOYED), words)
    comment = f"{hint}: `# storyline: ignore[{change.code}] …`" if rule.level == "warning" else ""
    was = released_place(event, last, then, *change.then)
    related = released_like_this(was) if change.then else ()
    return Verdict(rule, f"{message}.", place, related, comment)


def _name(path: Path) -> str:
    names = [key for key, above in zip(path[1:], path, strict=False) if above == "fields"]
    return names[-1]


def _filled(text: str, words: Mapping[str, str]) -> str:
    for name, word in words.items():
        text = text.replace(f"{{{name}}}", word)
    return text
