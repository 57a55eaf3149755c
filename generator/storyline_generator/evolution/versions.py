"""An event and its released versions → the event with typed upcasts; each version must arrive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from storyline_generator.diagnostics import Findings, Place, collected
from storyline_generator.evolution.reading import misfits
from storyline_generator.evolution.steps import applied
from storyline_generator.lock import Lock
from storyline_generator.lock.freezing import frozen_fields
from storyline_generator.lock.releasing import merged_shape
from storyline_generator.lock.tree import Fact, Tree, below, tables
from storyline_generator.mistakes import evolving
from storyline_generator.schema import Event, Schema, Step, Upcast


def released_versions(event: Event, lock: Lock) -> Mapping[int, Tree]:
    """Under all of its names: rows of a version that two of them had may look like either."""
    versions: dict[int, Tree] = {}
    for name in reversed(event.stored_types):
        for number, shape in tables(lock.tree, "events", name):
            before = versions.get(int(number))
            versions[int(number)] = merged_shape(before, shape) if before else shape
    return versions


def evolved_event(event: Event, schema: Schema, lock: Lock) -> Findings[Event]:
    released = released_versions(event, lock)
    today = frozen_fields(event.fields, schema.types)
    if not (yield from _follows(event, released)):
        return event
    upcasts = yield from _upcasts(event, released)
    typed: list[Upcast] = []
    for version, shape in sorted(released.items()):
        place = _released_place(event, version, lock)
        upcast = upcasts.get(version)
        after = released.get(version + 1, today) if version + 1 < event.version else today
        if upcast:
            whole, mistakes = collected(_typed(upcast, shape, after, place))
            names = _name_of(event, version, lock), _name_of(event, version + 1, lock)
            typed.append(replace(whole, after=after, names=names))
            yield from mistakes
            if not upcast.code and not mistakes:
                yield from _arrives(event, (version, whole.after), after, place)
        elif version == event.version:
            yield from _arrives(event, (version, shape), after, place)
    return replace(event, upcasts=tuple(typed))


def _released_place(event: Event, version: int, lock: Lock) -> Place:
    names = [name for name in event.stored_types if below(lock.tree, "events", name, str(version))]
    return lock.place("events", names[0], str(version))


def _name_of(event: Event, version: int, lock: Lock) -> str:
    """The first under which the version was released."""
    names = [name for name in event.stored_types if below(lock.tree, "events", name, str(version))]
    return names[-1] if names else event.name


def _follows(event: Event, released: Mapping[int, Tree]) -> Findings[bool]:
    """The version is the last one released, or the next."""
    last = max(released, default=0)
    if last <= event.version <= last + 1:
        return True
    place = (event.place / "version").value
    hint = f"write `version = {last + 1}` for what is new" if last else "leave it out"
    yield evolving.wrong_version(event.name, event.version, place, hint)
    return False


def _upcasts(event: Event, released: Mapping[int, Tree]) -> Findings[Mapping[int, Upcast]]:
    """One for each version that is not today's."""
    upcasts: dict[int, Upcast] = {}
    for upcast in event.upcasts:
        if upcast.version in upcasts or not 0 < upcast.version < event.version:
            twice = upcast.version in upcasts
            reason = (
                f"version {upcast.version} {'has an upcast already' if twice else 'needs none'}"
            )
            hint = "leave it out" if twice else f"its versions before {event.version} need one"
            yield evolving.wrong_upcast(event.name, reason, upcast.place, hint)
        upcasts.setdefault(upcast.version, upcast)
    for version in released:
        if version < event.version and version not in upcasts:
            hint = f"add `[[events.{event.name}.upcast]]` with `from = {version}`"
            reason = f"nothing leads from version {version} to version {version + 1}"
            place = (event.place / "version").value
            yield evolving.wrong_upcast(event.name, reason, place, hint)
    return upcasts


def _typed(upcast: Upcast, before: Tree, after: Tree, place: Place) -> Findings[Upcast]:
    """An upcast begins by bringing every field to its last key in the version."""
    fields: dict[str, Fact | Tree] = {
        key: {name: part for name, part in field.items() if name != "was"}
        for key, field in tables(before, "fields")
    }
    steps: list[Step] = []
    for step in upcast.steps:
        fields, typed = yield from applied(step, fields, below(after, "fields"), place / "fields")
        steps.append(typed)
    arrived: Tree = {"fields": fields}
    return replace(upcast, steps=tuple(steps), before=before, after=arrived)


def _arrives(event: Event, stored: tuple[int, Tree], after: Tree, place: Place) -> Findings[None]:
    """Every misfit, at the field as it is now, and as it was released."""
    version, shape = stored
    own = {field.key: field for field in event.fields}
    for misfit in misfits(shape, after):
        field = own.get(misfit.path[1])
        places = field.place if field else event.place, _deepest(place, misfit.path)
        what = f"version {version} of `{event.name}` cannot be read"
        yield evolving.unreadable_version(what, misfit.reason, places, misfit.hint)


def _deepest(place: Place, path: tuple[str, ...]) -> Place:
    for key in path:
        place = place / key
    return place
