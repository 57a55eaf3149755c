"""A story, resolved: frozen, every reference looked up, every constant typed.

The resolver builds it, the checks judge it, the plan reads it. It knows neither files nor output:
an object says where it was declared by a `Place`, and nothing else here does input or output.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from storyline_generator.diagnostics import Diagnostic, Place
from storyline_generator.immutable import NOTHING, immutable
from storyline_generator.upcast_steps import Upcast


class Scalar(StrEnum):
    """The built-in types, by the name they have in TOML."""

    STR = "str"
    INT = "int"
    FLOAT = "float"
    BOOL = "bool"
    DECIMAL = "decimal"
    UUID = "uuid"
    DATE = "date"
    DATETIME = "datetime"
    TIME = "time"
    DURATION = "duration"
    BYTES = "bytes"
    JSON = "json"


class Operator(StrEnum):
    """What a condition of a filter can ask, by the name it has in TOML."""

    EQ = "eq"
    NEQ = "neq"
    IN = "in"
    NIN = "nin"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    EXISTS = "exists"
    CONTAINS = "contains"


@immutable
class ListOf:
    item: Type


@immutable
class SetOf:
    item: Type


@immutable
class MapOf:
    value: Type


@immutable
class Reference:
    """A type declared in `[types]`. By name, so that records may contain each other."""

    name: str


Type = Scalar | ListOf | SetOf | MapOf | Reference


@immutable
class Constraints:
    """Bounds are inclusive. Empty means unbounded."""

    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    min: object = None
    max: object = None
    multiple_of: object = None
    decimal_places: int | None = None
    max_digits: int | None = None
    min_items: int | None = None
    max_items: int | None = None


UNCONSTRAINED = Constraints()


@immutable
class Default:
    """Wraps the value, so that a default of `false` or `""` is still a default."""

    value: object


class Field(NamedTuple):
    name: str
    key: str
    """The key under which the value is stored (camelCase with `wire = "camel"`)."""
    type: Type
    place: Place
    optional: bool = False
    constraints: Constraints = UNCONSTRAINED
    default: Default | None = None
    doc: str = ""
    was: tuple[str, ...] = ()
    """Stored keys that it had before, the latest first. Readers know them."""
    deprecated: str = ""
    older_keys: tuple[str, ...] = ()
    """Where rows of any released version keep it, if not under `key`. For SQL."""
    strict_history: bool = False
    """Whether a bound that rows need not keep is an error."""
    released: Constraints | None = None
    """By what rows are read, where older ones need not keep `constraints`."""
    absent_means: Default | None = None
    """Its stored value in rows that lack it. For SQL."""
    lost: str = ""
    """Why no SQL finds it in all released rows; empty where it does."""


@immutable
class IdType:
    """A NewType over `str`, `int` or `uuid`."""

    name: str
    base: Scalar
    place: Place
    doc: str = ""


@immutable
class ConstrainedType:
    name: str
    base: Scalar
    constraints: Constraints
    place: Place
    doc: str = ""
    strict_history: bool = False
    released: Constraints | None = None
    """As those of fields."""


@immutable
class EnumType:
    name: str
    values: tuple[str, ...]
    place: Place
    open: bool = False
    doc: str = ""
    retired: tuple[str, ...] = ()
    """Values that are stored, and are not written any more."""


@immutable
class RecordType:
    name: str
    fields: tuple[Field, ...]
    place: Place
    doc: str = ""


TypeDeclaration = IdType | ConstrainedType | EnumType | RecordType


def scalar_of(type: Type, types: Mapping[str, TypeDeclaration]) -> Scalar | None:
    """The built-in type by which a single value is stored; None for all that is not single."""
    match type:
        case Scalar():
            return type
        case Reference(name):
            match types.get(name):
                case IdType(base=base) | ConstrainedType(base=base):
                    return base
                case EnumType():
                    return Scalar.STR
                case _:
                    return None
        case _:
            return None


def one_of(type: Type) -> Type:
    """What a list or a set consists of; or the type itself."""
    return type.item if isinstance(type, ListOf | SetOf) else type


def is_single(type: Type, types: Mapping[str, TypeDeclaration]) -> bool:
    """Whether it is one value that can be compared. An undeclared type could be."""
    is_undeclared = isinstance(type, Reference) and type.name not in types
    return is_undeclared or scalar_of(type, types) not in (None, Scalar.JSON)


@immutable
class Stream:
    name: str
    key: Field
    fields: tuple[Field, ...]
    """The shared fields, the key among them, in the order of the schema."""
    events: tuple[str, ...]
    place: Place
    doc: str = ""


@immutable
class Event:
    name: str
    """The stored type, e.g. `ITEM_ADDED`."""
    streams: tuple[str, ...]
    fields: tuple[Field, ...]
    """The streams' shared fields first, then the event's own."""
    place: Place
    doc: str = ""
    version: int = 1
    upcasts: tuple[Upcast, ...] = ()
    retired: bool = False
    """Stored, and not written any more."""
    deprecated: str = ""
    was: tuple[str, ...] = ()
    """Stored types that it had before, the latest first. Readers know them."""

    @property
    def stored_types(self) -> tuple[str, ...]:
        """What rows may have as their type: today's name, then older ones."""
        return self.name, *self.was


@immutable
class Parameter:
    """What the caller of a filter function gives. `many`: a sequence of `type` (`in`, `nin`)."""

    name: str
    type: Type
    many: bool = False


@immutable
class Constant:
    """A value of the field's Python type; a tuple of them for `in`, `nin`; a bool for `exists`."""

    value: object


@immutable
class Condition:
    field: Field
    operator: Operator
    operand: Parameter | Constant
    place: Place


@immutable
class FilterItem:
    """Events AND conditions; a filter is an OR of items. Every event has all fields asked about."""

    events: tuple[str, ...]
    conditions: tuple[Condition, ...]


@immutable
class Filter:
    name: str
    items: tuple[FilterItem, ...]
    parameters: tuple[Parameter, ...]
    place: Place
    index: bool | None = None
    """None: nothing is said about it, and there is none."""
    doc: str = ""

    @property
    def events(self) -> tuple[str, ...]:
        """Every event the filter can find, each once, in the order of the items."""
        return tuple(dict.fromkeys(name for item in self.items for name in item.events))


@immutable
class Example:
    """given / then of a projection. Values are typed Python values, by field name."""

    given: tuple[tuple[str, Mapping[str, object]], ...]
    then: Mapping[str, object]
    place: Place
    doc: str = ""


@immutable
class RecordValue:
    """A typed value of a record type, inside a default or an example."""

    type: str
    fields: Mapping[str, object]


class KeyOf(NamedTuple):
    """An event's field whose value, or each of whose elements, is the key of a state."""

    field: str
    place: Place
    """Where the projection says so."""


@immutable
class Projection:
    name: str
    version: int
    sources: tuple[str, ...]
    """Names of streams and filters. `multi` says whether they were given as `streams = [...]`."""
    multi: bool
    key: Parameter | None
    """What identifies a state: the stream's key, or the declared one. None: there is one state."""
    state: tuple[Field, ...]
    events: tuple[str, ...]
    """The events to handle: those of the sources, without the ignored ones."""
    place: Place
    index: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()
    doc: str = ""
    keys: Mapping[str, KeyOf] = NOTHING
    """By event, as far as it has the key."""


@immutable
class Validator:
    name: str
    sources: tuple[str, ...]
    multi: bool
    parameters: tuple[Parameter, ...]
    events: tuple[str, ...]
    emits: tuple[str, ...]
    place: Place
    doc: str = ""


@immutable
class Schema:
    """One story. Mappings keep the order of the schema text."""

    story: str
    database_schema: str
    place: Place
    doc: str = ""
    types: Mapping[str, TypeDeclaration] = NOTHING
    streams: Mapping[str, Stream] = NOTHING
    events: Mapping[str, Event] = NOTHING
    filters: Mapping[str, Filter] = NOTHING
    projections: Mapping[str, Projection] = NOTHING
    validators: Mapping[str, Validator] = NOTHING

    @property
    def records(self) -> tuple[RecordType, ...]:
        return tuple(each for each in self.types.values() if isinstance(each, RecordType))

    @cached_property
    def declared_fields(self) -> tuple[Field, ...]:
        """Every field once, where it is declared: that of a stream is in all of its events."""
        tables = (
            *(stream.fields for stream in self.streams.values()),
            *(record.fields for record in self.records),
            *(event.fields for event in self.events.values()),
            *(projection.state for projection in self.projections.values()),
        )
        return tuple({field.place.keys: field for fields in tables for field in fields}.values())

    def field_of(self, event: str, name: str) -> Field | None:
        return next((f for f in self.events[event].fields if f.name == name), None)

    def older_types(self, events: Iterable[str]) -> dict[str, str]:
        """Of these events: an older stored type → the one of today."""
        return {old: name for name in events for old in self.events[name].was}


@immutable
class SoundSchema:
    """Proof that no mistake was found: only `checks.check` builds one, only it can be planned."""

    schema: Schema
    warnings: tuple[Diagnostic, ...] = ()
    """What the last release would make of it."""
