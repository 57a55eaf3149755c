"""Projections: a state that was stored is read again only if it means what it would mean now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from storyline_generator.compatibility.asked import asked_of_each
from storyline_generator.compatibility.rule import Verdict, released_like_this
from storyline_generator.compatibility.rules import BY_CODE
from storyline_generator.diagnostics import Place
from storyline_generator.evolution.reading import known_as, misfits
from storyline_generator.lock import Past
from storyline_generator.lock.tree import Fact, Tree, below, tables
from storyline_generator.schema import Projection, Schema
from storyline_generator.suggestions import all_of

_STRUCTURE = ("type", "optional", "levels", "default", "default_json")
"""Bounds and values of enums may grow: what was stored stays what it was."""


def of_projections(schema: Schema, today: Tree, then: Past) -> Iterator[Verdict]:
    for projection in schema.projections.values():
        path = ("projections", projection.name, str(projection.version))
        before, now = below(then.tree, *path), below(today, *path)
        if before and before != now:
            place = then.place(*path)
            changed = (
                *_of_shape(projection, before, now, place),
                *_of_keys(projection, below(before, "keys"), schema, place),
                *_of_rows(projection, (before, now), schema, place),
            )
            handled = _known_as_today(below(before, "events"), schema), below(now, "events")
            yield from changed or _of_events(projection, handled, then, place)


def _known_as_today(events: Iterable[str], schema: Schema) -> Collection[str]:
    """An event under an older name is the same event."""
    older = schema.older_types(schema.events)
    return [older.get(name, name) for name in events]


def _of_shape(projection: Projection, before: Tree, now: Tree, then: Place) -> Iterator[Verdict]:
    """The first difference: one new version answers all."""
    for key, place in _changed_keys(projection, before, now):
        in_lock = then / "fields" / key if key in below(before, "fields") else then
        yield Verdict(
            BY_CODE["changed-state"],
            f"the state of `{projection.name}` has another shape now: `{key}` is not as it was.",
            place,
            released_like_this(in_lock),
            _next_version(projection),
        )
        return


def _changed_keys(projection: Projection, before: Tree, now: Tree) -> Iterator[tuple[str, Place]]:
    old = below(before, "fields")
    places = {field.key: field.place for field in projection.state}
    known: set[str] = set()
    for key, field in tables(now, "fields"):
        name = known_as(key, field, old)
        known.add(name or key)
        if name is None or _structure(below(old, name)) != _structure(field):
            yield key, places[key]
    unreadable = (each.path[1] for each in misfits(before, now))
    yield from ((key, places[key]) for key in unreadable)
    yield from ((key, projection.place) for key in old if key not in known)


def _of_keys(
    projection: Projection, before: Tree, schema: Schema, then: Place
) -> Iterator[Verdict]:
    """The first event that touches other states now. A field under an older name is the same."""
    older = schema.older_types(schema.events)
    for released, stored in before.items():
        event = older.get(released, released)
        key = projection.keys.get(event)
        field = schema.field_of(event, key.field) if key else None
        if key and field and stored not in (field.key, *field.was, *field.older_keys):
            touched = f"`{event}` touches the state of its `{field.name}` now"
            yield Verdict(
                BY_CODE["changed-state-key"],
                f"{touched}, and did that of `{stored}`.",
                key.place,
                released_like_this(then / "keys" / released),
                _next_version(projection),
            )
            return


def _of_rows(
    projection: Projection, shapes: tuple[Tree, Tree], schema: Schema, then: Place
) -> Iterator[Verdict]:
    """The first event of which other rows are read. Which events are read, is said elsewhere."""
    before, now = (asked_of_each(shape, schema) for shape in shapes)
    for event, asked in now.items():
        if before.get(event, asked) != asked:
            what = f"`{projection.name}` reads other rows of `{event}` now"
            yield Verdict(
                BY_CODE["other-rows-in-state"],
                f"{what} than when states were saved.",
                projection.place,
                released_like_this(then / "events" / event),
                _next_version(projection),
            )
            return


def _structure(shape: Tree) -> Mapping[str, Fact | Tree]:
    kept: dict[str, Fact | Tree] = {key: shape[key] for key in _STRUCTURE if key in shape}
    if "item" in shape:
        kept["item"] = _structure(below(shape, "item"))
    if "fields" in shape:
        kept["fields"] = {key: _structure(part) for key, part in tables(shape, "fields")}
    return kept


def _of_events(
    projection: Projection,
    handled: tuple[Collection[str], Collection[str]],
    then: Past,
    place: Place,
) -> Iterator[Verdict]:
    """Only of events that rows may be of: those that have been released."""
    before, now = handled
    released = below(then.tree, "events")
    more = [name for name in now if name not in before and name in released]
    fewer = [name for name in before if name not in now]
    where = released_like_this(place / "events")
    if more:
        what = f"`{projection.name}` handles {all_of(more)} now, and states were saved without"
        rule = BY_CODE["more-events-in-state"]
        yield Verdict(rule, f"{what}.", projection.place, where, _next_version(projection))
    elif fewer:
        what = f"`{projection.name}` does not handle {all_of(fewer)} any more, and states have it"
        rule = BY_CODE["fewer-events-in-state"]
        hint = f"{_next_version(projection)}, or say: `# storyline: ignore[{rule.code}] …`"
        yield Verdict(rule, f"{what}.", projection.place, where, hint)


def _next_version(projection: Projection) -> str:
    return f"write `version = {projection.version + 1}`"
