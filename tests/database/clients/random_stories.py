"""Stories that nobody would write: random events of random fields, under the keys of two releases.

A story has today's classes and those of its first release, which stored some fields and types under
other names and did not have others. Both write to one log; only today's reads.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from types import ModuleType
from typing import Any, Literal
from uuid import UUID

from hypothesis import strategies as st
from pydantic import AliasChoices, Field, TypeAdapter, create_model

from storyline import (
    Boolean,
    Bytes,
    Condition,
    DateTime,
    DecimalNumber,
    Duration,
    Event,
    ListOf,
    Number,
    Query,
    QueryItem,
    SortedSet,
    Story,
    Text,
    Time,
)
from storyline.exact import exact_json
from storyline.fields import Ordered, Scalar

TEXT = st.sampled_from(["", "a", "A", "ab", "é", "\uffff", "\U0001f600", "10", "9", '"', "\\", "%"])
DECIMALS = ["0", "-0.0", "1", "1.0", "1.50", "-1", "9", "10", "0.1", "1E+2", "100", "1E-30"]
MOMENTS = [
    datetime(800, 1, 1, tzinfo=UTC),
    datetime(2026, 1, 1, 0, 0, 0, 5, tzinfo=UTC),
    datetime(2026, 1, 1, tzinfo=UTC),
]


@dataclass(frozen=True)
class Kind:
    """A type of fields: how it is written in a class, how it is asked for, what it may be."""

    annotation: Any
    asked_as: type[Scalar]
    values: st.SearchStrategy[Any]


KINDS: Mapping[str, Kind] = {
    "str": Kind(str, Text, TEXT),
    "int": Kind(int, Number, st.sampled_from([0, 1, -1, 9, 10, 2**70])),
    "float": Kind(
        float, Number, st.sampled_from([0.0, -0.0, 0.1, 0.1 + 0.2, 1.0, 1e300, 5e-324, -1.5])
    ),
    "bool": Kind(bool, Boolean, st.booleans()),
    "decimal": Kind(Decimal, DecimalNumber, st.sampled_from(DECIMALS).map(Decimal)),
    "uuid": Kind(UUID, Text, st.sampled_from([UUID(int=0), UUID(int=10), UUID(int=2**127)])),
    "date": Kind(date, Text, st.sampled_from([date(5, 1, 1), date(2026, 11, 23)])),
    "datetime": Kind(DateTime, Text, st.sampled_from(MOMENTS)),
    "time": Kind(Time, Text, st.sampled_from([time(), time(9), time(10, 0, 0, 1)])),
    "duration": Kind(
        Duration, Text, st.sampled_from([timedelta(), timedelta(-1), timedelta(9, 1, 5)])
    ),
    "bytes": Kind(Bytes, Text, st.sampled_from([b"", b"\0", b"\xff\xfe"])),
    "enum": Kind(Literal["low", "high"], Text, st.sampled_from(["low", "high"])),
}


@dataclass(frozen=True)
class FieldSpec:
    """`was`: the key of the first release. `default`: what stands for a value that is not there."""

    name: str
    kind: Kind
    shape: Literal["scalar", "list", "set"]
    was: str | None
    default: Any

    @property
    def annotation(self) -> Any:
        scalar = self.kind.annotation
        shapes = {"scalar": scalar, "list": list[scalar], "set": SortedSet[scalar]}  # type: ignore[valid-type]
        return shapes[self.shape]

    @property
    def values(self) -> st.SearchStrategy[Any]:
        match self.shape:
            case "scalar":
                return self.kind.values
            case "list":
                return st.lists(self.kind.values, max_size=3)
            case "set":
                return st.frozensets(self.kind.values, max_size=3)

    @property
    def asked(self) -> Scalar | ListOf:
        was = (self.was,) if self.was else ()
        absent = None
        if self.default is not None:
            stored = exact_json(TypeAdapter(self.annotation).dump_json(self.default).decode())
            absent = tuple(stored) if isinstance(stored, list) else stored
        scalar = self.kind.asked_as(self.name, was, absent)
        return scalar if self.shape == "scalar" else ListOf(scalar)

    @property
    def today(self) -> Any:
        keys = AliasChoices(self.name, self.was) if self.was else None
        made = Field(default=self.default, validation_alias=keys)
        return (self.annotation if self.default is not None else self.annotation | None, made)

    @property
    def first(self) -> Any:
        return (self.annotation | None, Field(default=None, alias=self.was or self.name))


@dataclass(frozen=True)
class EventSpec:
    type: str
    was: str | None
    fields: Sequence[FieldSpec]

    def values(self, is_today: bool) -> Mapping[str, st.SearchStrategy[Any]]:
        """Of today's class, a value that has a default is never None."""
        return {
            each.name: each.values if is_today and each.default is not None else maybe(each)
            for each in self.fields
        }


def maybe(spec: FieldSpec) -> st.SearchStrategy[Any]:
    return st.none() | spec.values


@dataclass(frozen=True)
class Release:
    """A story, and the class of each of its events by the type of today."""

    story: Story
    classes: Mapping[str, type[Event]] = field(repr=False)


_modules = count()


def release(events: Sequence[EventSpec], *, today: bool) -> Release:
    module = ModuleType(f"random_story_{next(_modules)}")
    sys.modules[module.__name__] = module
    classes = {each.type: _event_class(each, module, today=today) for each in events}
    names = {each.type if today else each.was or each.type: each.type for each in events}
    if today:
        names |= {each.was: each.type for each in events if each.was}
    return Release(Story("sample", "sample", module.__name__, names), classes)


def _event_class(event: EventSpec, module: ModuleType, *, today: bool) -> type[Event]:
    fields = {each.name: each.today if today else each.first for each in event.fields}
    made: Any = create_model(event.type, __base__=Event, **fields)
    made.__type__ = event.type if today else event.was or event.type
    setattr(module, event.type, made)
    event_class: type[Event] = made
    return event_class


@st.composite
def field_specs(draw: st.DrawFn, name: str) -> FieldSpec:
    kind = KINDS[draw(st.sampled_from(sorted(KINDS)))]
    shape: Any = draw(st.sampled_from(["scalar", "scalar", "list", "set"]))
    spec = FieldSpec(name, kind, shape, draw(st.sampled_from([None, f"old_{name}"])), None)
    default = draw(st.none() | spec.values)
    return FieldSpec(name, kind, shape, spec.was, default)


@st.composite
def event_specs(draw: st.DrawFn) -> Sequence[EventSpec]:
    """Fields of one name are of one type, as a story has it."""
    pool = [draw(field_specs(name)) for name in ("a", "b", "c", "d e")]
    return [
        EventSpec(type, draw(st.sampled_from([None, f"OLD_{type}"])), _some(draw, pool))
        for type in ("X", "Y", "Z")[: draw(st.integers(1, 3))]
    ]


def _some(draw: st.DrawFn, pool: Sequence[FieldSpec]) -> Sequence[FieldSpec]:
    return [each for each in pool if draw(st.integers(0, 3))]


@st.composite
def conditions(draw: st.DrawFn, spec: FieldSpec) -> Condition:
    asked = spec.asked
    if draw(st.integers(0, 4)) == 0:
        return asked.exists(draw(st.booleans()))
    if isinstance(asked, ListOf):
        return asked.contains(draw(spec.kind.values))
    ordered = ["gt", "gte", "lt", "lte"] if isinstance(asked, Ordered) else []
    operator = draw(st.sampled_from(["eq", "neq", "in_", "nin", *ordered]))
    value = spec.kind.values
    operand = draw(st.lists(value, max_size=3) if operator in ("in_", "nin") else value)
    condition: Condition = getattr(asked, operator)(operand)
    return condition


@st.composite
def queries(draw: st.DrawFn, events: Sequence[EventSpec]) -> Query[Any]:
    return Query(*(draw(_items(events)) for _ in range(draw(st.sampled_from([1, 1, 1, 2, 3, 0])))))


@st.composite
def _items(draw: st.DrawFn, events: Sequence[EventSpec]) -> QueryItem:
    some = draw(st.lists(st.sampled_from(list(events)), min_size=1, unique_by=lambda e: e.type))
    shared = [each for each in some[0].fields if all(each in other.fields for other in some)]
    asked = draw(st.lists(st.sampled_from(shared), min_size=1, max_size=2)) if shared else []
    was = {each.was: each.type for each in some if each.was}
    return QueryItem(
        [each.type for each in some], *(draw(conditions(each)) for each in asked), was=was
    )
