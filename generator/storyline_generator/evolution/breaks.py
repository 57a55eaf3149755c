"""What of released rows cannot be read → diagnostics: one a mistake, however many events it is in.

A type that many fields have, or a field that many events of a stream have, is changed in one edit;
so it is told once, where that edit was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from storyline_generator.diagnostics import Diagnostic, Place, Related
from storyline_generator.evolution.locating import Spot, spot
from storyline_generator.evolution.reading import CODE, Misfit
from storyline_generator.evolution.releases import released_place
from storyline_generator.immutable import immutable
from storyline_generator.lock import Past
from storyline_generator.resolver.type_grammar import written
from storyline_generator.schema import Event, Schema

_OF_THE_TYPE = ("removed-enum-value", "closed-enum")


@immutable
class Break:
    """A misfit of the rows of one released version."""

    event: Event
    version: int
    misfit: Misfit


def told(breaks: Iterable[Break], schema: Schema, lock: Past) -> Iterator[Diagnostic]:
    """By place and by what is wrong there; the first of each stands for all."""
    groups: dict[tuple[object, ...], list[tuple[Break, Spot]]] = {}
    for each in breaks:
        found = spot(each.event, each.misfit.path, schema)
        groups.setdefault(_sameness(each.misfit, found), []).append((each, found))
    for group in groups.values():
        yield _diagnostic(group, lock)


def _sameness(misfit: Misfit, found: Spot) -> tuple[object, ...]:
    if found.type_place:
        kinds = misfit.reason.partition("` ")[2]  # without the name of the field
        return misfit.code, found.type_place, kinds
    return misfit.code, found.place, misfit.reason


def _diagnostic(group: list[tuple[Break, Spot]], lock: Past) -> Diagnostic:
    first, _ = group[0]
    misfit = first.misfit
    what = f"version {first.version} of `{first.event.name}`{_others(group)} cannot be read"
    then = released_place(first.event, first.version, lock, *misfit.known_at)
    return Diagnostic(
        misfit.code,
        f"{what}: {misfit.within}{misfit.reason}.",
        _place(group),
        (Related("released like this", then),),
        _hint(group),
    )


def _others(group: list[tuple[Break, Spot]]) -> str:
    count = len({each.event.name for each, _ in group}) - 1
    return f" (and {count} more)" if count else ""


def _place(group: list[tuple[Break, Spot]]) -> Place:
    """The type's own, where the type has changed and not the field's choice of it."""
    first, found = group[0]
    fields = {each.place for _, each in group}
    is_of_the_type = first.misfit.code in _OF_THE_TYPE and not found.constrains_itself
    if found.type_place and (len(fields) > 1 or is_of_the_type):
        return found.type_place
    return found.place


def _hint(group: list[tuple[Break, Spot]]) -> str:
    """The TOML to write: without a new version if that is possible, else in an upcast."""
    found, at = group[0]
    remedy = found.misfit.remedy.replace("{type}", written(at.field.type) if at.field else "…")
    remedy = remedy.replace("{name}", at.name)
    if not found.misfit.step:
        return remedy
    step, version = _steps(group), found.version
    if found.event.version > version:
        return f"{remedy}, or add `{step}` to its upcast `from = {version}`"
    upcast = f"upcast = [{{ from = {version}, {step} }}]"
    return f"{remedy}, or begin `version = {version + 1}` with `{upcast}`"


def _steps(group: list[tuple[Break, Spot]]) -> str:
    """All that the rows of the first one need: code does what steps cannot."""
    first = group[0][0]
    steps = dict.fromkeys(
        each.misfit.step.replace("{name}", at.name)
        for each, at in group
        if (each.event.name, each.version) == (first.event.name, first.version)
    )
    return CODE if CODE in steps else ", ".join(steps)
