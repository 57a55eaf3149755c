"""Events that came, went, or have another name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from storyline_generator.compatibility.rule import Verdict
from storyline_generator.compatibility.rules import BY_CODE
from storyline_generator.diagnostics import Place, Related
from storyline_generator.lock import Past
from storyline_generator.lock.tree import Tree, below, tables
from storyline_generator.schema import Event, Schema
from storyline_generator.suggestions import one_of


def of_names(schema: Schema, today: Tree, then: Past) -> Iterator[Verdict]:
    released = below(then.tree, "events")
    owners = {name: event for event in schema.events.values() for name in event.stored_types}
    gone = [name for name in released if name not in owners]
    fresh = [name for name in schema.events if not _was_released(schema.events[name], released)]
    renamed = _renamed(gone, fresh, below(today, "events"), released)
    yield from (_is_new(schema.events[name]) for name in fresh if name not in renamed)
    for event in schema.events.values():
        if event.name not in released and event.name not in fresh:
            yield _says_so(event, then)
    for name, old in renamed.items():
        hint = f'write `was = ["{old}"]`, or put `{old}` back with `retired = true`'
        message = f"`{old}` has been released, and is perhaps `{name}` now."
        place, was = schema.events[name].place, then.place("events", old)
        yield Verdict(BY_CODE["renamed-event"], message, place, _released_here(was), hint)
    for name in gone:
        if name not in renamed.values():
            others = [each for each in fresh if each not in renamed]
            yield _is_gone(name, owners, others, (schema, then))


def _was_released(event: Event, released: Tree) -> bool:
    return any(name in released for name in event.stored_types)


def _is_new(event: Event) -> Verdict:
    return Verdict(BY_CODE["new-event"], f"`{event.name}` is new.", event.place)


def _says_so(event: Event, then: Past) -> Verdict:
    old = next(name for name in event.was if below(then.tree, "events", name))
    rule = BY_CODE["announced-event-rename"]
    message = f"`{event.name}` was `{old}`, and the last release looks for no other name."
    hint = f"deploy the readers first, and say so: `# storyline: ignore[{rule.code}] …`"
    place, was = (event.place / "was").value, then.place("events", old)
    return Verdict(rule, message, place, _released_here(was), hint)


def _is_gone(
    name: str, owners: Mapping[str, Event], fresh: list[str], context: tuple[Schema, Past]
) -> Verdict:
    """One that was renamed in an earlier release may only have lost its older name."""
    schema, then = context
    hint = f"put it back: `[events.{name}]` with `retired = true`"
    if fresh:
        hint += f'; or, if it is {one_of(fresh[:3])} now, write `was = ["{name}"]` there'
    for new in below(then.tree, "renamed", name):
        if new in owners:
            hint = f'add it to the others: `was = ["{name}"]` in `{owners[new].name}`'
    place, was = (schema.place / "story").value, then.place("events", name)
    message = f"`{name}` has been released."
    return Verdict(BY_CODE["removed-event"], message, place, _released_here(was), hint)


def _released_here(place: Place) -> tuple[Related, ...]:
    return (Related("released here", place),)


def _renamed(gone: list[str], fresh: list[str], today: Tree, released: Tree) -> Mapping[str, str]:
    """New names → the one that is gone and had just this shape, where there are no others."""
    shapes = {name: _shape(below(today, name)) for name in fresh} if gone else {}
    before = {name: _shape(below(released, name)) for name in gone}
    found: dict[str, str] = {}
    for name, shape in shapes.items():
        alike = [old for old in gone if before[old] == shape]
        if len(alike) == 1 == list(shapes.values()).count(shape):
            found[name] = alike[0]
    return found


def _shape(versions: Tree) -> Tree:
    """Of the last version, without what was taken away, and without the names that fields had."""
    last = below(versions, max(versions, key=int, default=""))
    return {
        key: {fact: part for fact, part in field.items() if fact not in ("was", "sometimes")}
        for key, field in tables(last, "fields")
        if not field.get("removed")
    }
