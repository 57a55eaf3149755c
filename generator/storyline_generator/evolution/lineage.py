"""A field, followed back through the versions: under which keys rows keep it, if at all."""

from __future__ import annotations

from collections.abc import Mapping

from storyline_generator.evolution.reading import may_be_absent
from storyline_generator.immutable import replaced
from storyline_generator.lock.tree import EMPTY, Tree, below
from storyline_generator.schema import (
    Default,
    Event,
    Field,
    TypeDeclaration,
)
from storyline_generator.upcast_steps import (
    DropField,
    RenameField,
    SetField,
    Upcast,
)
from storyline_generator.values.stored import stored

_Types = Mapping[str, TypeDeclaration]


class _LostError(Exception):
    """No expression over what is stored gives the field's value in all rows."""


class _Trace:
    """What is known of a field, on the way from today back to the first version."""

    def __init__(self, keys: list[str], key: str, given: list[object]) -> None:
        self.keys = keys
        self.key = key
        """Under which the version at hand keeps it."""
        self.given = given
        """Its value in rows that lack it."""


def traced(event: Event, versions: Mapping[int, Tree], types: _Types) -> Event:
    """The event, with fields that know where rows of older versions keep them."""
    fields = (_traced(field, event, versions, types) for field in event.fields)
    return replaced(event, fields=tuple(fields))


def _traced(field: Field, event: Event, versions: Mapping[int, Tree], types: _Types) -> Field:
    try:
        trace = _trace(field, event, versions, types)
    except _LostError as lost:
        return field._replace(lost=str(lost))
    absent = Default(trace.given[0]) if trace.given else None
    return field._replace(older_keys=tuple(trace.keys[1:]), absent_means=absent)


def _trace(field: Field, event: Event, versions: Mapping[int, Tree], types: _Types) -> _Trace:
    default = [stored(field.default.value, field.type, types)] if field.default else []
    trace = _Trace([field.key, *field.was], field.key, [])
    upcasts = {upcast.version: upcast for upcast in event.upcasts}
    is_always_there = not field.optional
    for version in sorted(versions, reverse=True):
        if version in upcasts:
            _step_back(trace, upcasts[version], is_always_there)
        shape = below(versions[version], "fields")
        there = _entry(trace, shape)
        trace.keys += [key for key in below(there, "was") if key not in trace.keys]
        if default and not trace.given and (not there or may_be_absent(there)):
            trace.given = default
        is_always_there = bool(there) and not may_be_absent(there)
    return trace


def _entry(trace: _Trace, shape: Tree) -> Tree:
    """The field in the version. A key that comes first, and is another field there, hides it."""
    known = [key for key in trace.keys if key in shape]
    if trace.key in known:
        before = known[: known.index(trace.key)]
        if before and trace.keys.index(before[0]) < trace.keys.index(trace.key):
            raise _LostError(f"`{before[0]}` was something else before")
    elif trace.keys[0] != trace.key and known:
        raise _LostError(f"`{known[0]}` was something else before")
    return below(shape, trace.key if trace.key in known or not known else known[0])


def _step_back(trace: _Trace, upcast: Upcast, is_always_there: bool) -> None:
    if upcast.code:
        _keep_through_code(trace, upcast)
    for step in reversed(upcast.steps):
        if step.key != trace.key:
            continue
        match step:
            case SetField(value=value):
                _give(trace, value, is_always_there)
            case RenameField(old=old):
                trace.key = old
                trace.keys.append(old)
            case DropField():
                raise _LostError(f"its values were dropped after version {upcast.version}")
            case _:
                raise _LostError(f"its values were changed after version {upcast.version}")


def _keep_through_code(trace: _Trace, upcast: Upcast) -> None:
    """Code keeps a field whose shape is the same before and after, under whichever of its keys."""
    if _shape(trace, upcast.before) != _shape(trace, upcast.after):
        raise _LostError(f"code makes it of version {upcast.version}")


def _shape(trace: _Trace, version: Tree) -> Tree:
    fields = below(version, "fields")
    found = next((below(fields, key) for key in (trace.key, *trace.keys) if key in fields), EMPTY)
    return {key: part for key, part in found.items() if key != "was"}


def _give(trace: _Trace, value: object, is_always_there: bool) -> None:
    """A later version may lack the field and mean something else by it."""
    if (trace.given and trace.given != [value]) or not is_always_there:
        raise _LostError("where it is absent, it does not mean the same in all versions")
    trace.given = [value]
