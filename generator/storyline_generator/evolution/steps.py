"""A step of an upcast, applied to a shape instead of to an event: what would events look like then?

What a step cannot do to any event of the shape, it is told. The runtime does the same to events
(`storyline.upcasting`); a test holds both together.
"""

from __future__ import annotations

from collections.abc import Mapping

from storyline_generator.diagnostics import Findings, Place
from storyline_generator.evolution.reading import has_default, may_be_absent
from storyline_generator.evolution.values import fitted
from storyline_generator.immutable import replaced
from storyline_generator.lock.tree import Fact, Tree, below
from storyline_generator.mistakes import evolving
from storyline_generator.reading.document import table_of
from storyline_generator.resolver.upcasts import WHOLE
from storyline_generator.suggestions import did_you_mean, one_of
from storyline_generator.upcast_steps import (
    ConvertField,
    DropField,
    MapValues,
    RenameField,
    SetField,
    Step,
)
from storyline_generator.values.scalars import MisfitError

CONVERSIONS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "to_str": (("int", "float", "bool"), "str"),
    "midnight_utc": (("date",), "datetime"),
    "wrap": ((), "list"),
}
"""From which types, to which. `wrap` makes a list of one element of anything."""
_Fields = dict[str, "Fact | Tree"]


def applied(
    step: Step, fields: _Fields, after: Tree, released: Place
) -> Findings[tuple[_Fields, Step]]:
    """The fields once the step has been taken, and the step with its value as it is stored.

    `after` are the fields of the version that the upcast arrives at.
    """
    key = step.old if isinstance(step, RenameField) else step.key
    if key not in fields and not isinstance(step, SetField):
        hint = WHOLE if key.partition(".")[0] in fields else did_you_mean(key, fields)
        yield evolving.unfit_step(f"the version has no field `{key}`", step.place, hint)
        return fields, step
    match step:
        case RenameField():
            return (yield from _renamed(step, fields)), step
        case DropField():
            return {name: field for name, field in fields.items() if name != key}, step
        case MapValues():
            return (yield from _mapped(step, fields, after)), step
        case ConvertField():
            return (yield from _converted(step, fields)), step
        case SetField():
            return (yield from _set(step, fields, after, released))


def _renamed(step: RenameField, fields: _Fields) -> Findings[_Fields]:
    if step.key in fields:
        reason = f"the version has a field `{step.key}` already"
        yield evolving.unfit_step(reason, step.place, "give it another name, or drop it")
    return {step.key if name == step.old else name: field for name, field in fields.items()}


def _mapped(step: MapValues, fields: _Fields, after: Tree) -> Findings[_Fields]:
    field, target = below(fields, step.key), below(after, step.key)
    if "item" in field:
        reason = f"`{step.key}` is a `{field['type']}`, and `map` is for one value"
        yield evolving.unfit_step(reason, step.place, WHOLE)
        return fields
    values, known = below(field, "values"), below(target, "values")
    for old, new in step.values.items():
        if old not in values and not field.get("open"):
            reason = f"`{step.key}` was never `{old}`"
            yield evolving.unfit_step(reason, step.place / old, did_you_mean(old, values))
        if known and new not in known and not target.get("open"):
            hint = did_you_mean(new, known) or f"use {one_of(known)}"
            reason = f"`{step.key}` of the next version cannot be `{new}`"
            yield evolving.unfit_step(reason, (step.place / old).value, hint)
    renamed = {step.values.get(value, value): True for value in values}
    return {**fields, step.key: {**field, "values": renamed}}


def _converted(step: ConvertField, fields: _Fields) -> Findings[_Fields]:
    field = below(fields, step.key)
    if step.conversion not in CONVERSIONS:
        hint = did_you_mean(step.conversion, CONVERSIONS) or f"use {one_of(CONVERSIONS)}"
        yield evolving.unfit_step(f"there is no conversion `{step.conversion}`", step.place, hint)
        return fields
    sources, result = CONVERSIONS[step.conversion]
    if sources and field.get("type") not in sources:
        reason = f"`{step.conversion}` converts {one_of(sources)}, not `{field.get('type')}`"
        yield evolving.unfit_step(reason, step.place)
    outside = {name: field[name] for name in ("optional", "sometimes") if name in field}
    inside = {name: part for name, part in field.items() if name not in outside}
    shape: Tree = {"type": "list", "item": inside} if result == "list" else {"type": result}
    return {**fields, step.key: {**shape, **outside}}


def _set(
    step: SetField, fields: _Fields, after: Tree, released: Place
) -> Findings[tuple[_Fields, Step]]:
    before, target = below(fields, step.key), below(after, step.key)
    if not target:
        hint = did_you_mean(step.key, after)
        yield evolving.unfit_step(f"the next version has no field `{step.key}`", step.place, hint)
        return fields, step
    if before and not may_be_absent(before) and not has_default(before):
        reason = f"every event has a `{step.key}`"
        hint = "leave it out" if table_of(step.value) is None else WHOLE
        yield evolving.idle_step(reason, step.place, released / step.key, hint)
    try:
        step = replaced(step, value=fitted(step.value, target))
    except MisfitError as misfit:
        yield evolving.unfit_step(misfit.reason, step.place.value)
    kept = {name: part for name, part in (before or target).items() if name not in _ABSENCE}
    return {**fields, step.key: kept}, step


_ABSENCE = ("optional", "sometimes", "default", "default_json")
