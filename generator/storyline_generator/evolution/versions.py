"""An event and its released versions → the event with typed upcasts; each version must arrive."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from storyline_generator.diagnostics import Findings, Place, collected
from storyline_generator.evolution.breaks import Break
from storyline_generator.evolution.leftovers import Leftovers, left_over, resurfacing
from storyline_generator.evolution.reading import misfits
from storyline_generator.evolution.releases import first_name, released_place, released_versions
from storyline_generator.evolution.steps import applied
from storyline_generator.immutable import replaced
from storyline_generator.lock import Past
from storyline_generator.lock.tree import Fact, Tree, below, tables
from storyline_generator.mistakes import evolving
from storyline_generator.schema import Event
from storyline_generator.upcast_steps import Step, Upcast


class Arrival(NamedTuple):
    """What rows of a version look like once they have been upcast."""

    version: int
    shape: Tree


def arrivals(event: Event, lock: Past) -> tuple[Arrival, ...]:
    """Of each version. What the user's code makes has the shape of the version it is for."""
    upcasts = {upcast.version: upcast for upcast in event.upcasts}
    found: list[Arrival] = []
    for version, shape in released_versions(event, lock).items():
        place = released_place(event, version, lock)
        for number in range(version, event.version):
            upcast = upcasts.get(number)
            if upcast and upcast.code:
                shape = upcast.after
            elif upcast:
                (shape, _), _ = collected(_stepped(upcast, shape, upcast.after, place))
        found.append(Arrival(version, shape))
    return tuple(found)


def evolved_event(event: Event, today: Tree, lock: Past) -> Findings[tuple[Event, list[Break]]]:
    """The event, its upcasts typed; and whatever of its rows could not be read."""
    released = released_versions(event, lock)
    if not (yield from _follows(event, released)):
        return event, []
    upcasts = yield from _upcasts(event, released)
    typed: list[Upcast] = []
    breaks: list[Break] = []
    left: Leftovers = {}
    for version, shape in sorted(released.items()):
        upcast = upcasts.get(version)
        after = released.get(version + 1, today) if version + 1 < event.version else today
        arrived: Tree | None = shape if version == event.version else None
        if upcast:
            place = released_place(event, version, lock)
            whole, mistakes = collected(_typed(upcast, shape, after, place))
            names = first_name(event, version, lock), first_name(event, version + 1, lock)
            typed.append(replaced(whole, after=after, names=names))
            yield from mistakes
            arrived = None if upcast.code or mistakes else whole.after
        if arrived is not None:
            breaks += [Break(event, version, misfit) for misfit in misfits(arrived, after)]
            breaks += [Break(event, old, misfit) for old, misfit in resurfacing(left, after)]
        left = left_over(left, (version, arrived), after) if arrived else {}
    return replaced(event, upcasts=tuple(typed)), breaks


def _follows(event: Event, released: Mapping[int, Tree]) -> Findings[bool]:
    """The version is the last one released, or the next."""
    last = max(released, default=0)
    if max(last, 1) <= event.version <= last + 1:
        return True
    place = (event.place / "version").value
    yield evolving.wrong_version(event.name, event.version, place, _right_version(event, last))
    return False


def _right_version(event: Event, last: int) -> str:
    if not last:
        return "leave it out"
    if event.version > last:
        return f"write `version = {last + 1}` for what is new"
    return f"write `version = {last}`, which has been released, and its upcasts"


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
    arrived, steps = yield from _stepped(upcast, before, after, place)
    return replaced(upcast, steps=steps, before=before, after=arrived)


def _stepped(
    upcast: Upcast, before: Tree, after: Tree, place: Place
) -> Findings[tuple[Tree, tuple[Step, ...]]]:
    """The shape after all steps; and the steps, with their values as they are stored.

    An upcast begins by bringing every field to its last key in the version.
    """
    fields: dict[str, Fact | Tree] = {
        key: {name: part for name, part in field.items() if name != "was"}
        for key, field in tables(before, "fields")
    }
    steps: list[Step] = []
    for step in upcast.steps:
        fields, typed = yield from applied(step, fields, below(after, "fields"), place / "fields")
        steps.append(typed)
    return {"fields": fields}, tuple(steps)
