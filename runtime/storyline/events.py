"""The bases of generated classes (events, records, states), and their JSON text in and out.

Closed when written, open when read: a constructor refuses unknown fields, reading ignores them.
Knows no database.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any, ClassVar, Final, Generic, NamedTuple, Self, TypeVar, cast

from pydantic import BaseModel, ConfigDict, JsonValue
from pydantic_core import PydanticSerializationError, SchemaSerializer, core_schema, from_json

from storyline.errors import UnwritableError
from storyline.exact import MOST_DIGITS, is_exact
from storyline.metadata import Metadata
from storyline.past import READING

E_co = TypeVar("E_co", bound="Event", covariant=True)
M = TypeVar("M", bound="Record")


class Record(BaseModel, frozen=True):
    """A value with named fields. Strict: nothing is converted, but JSON into the declared types."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        allow_inf_nan=False,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        protected_namespaces=(),
    )


class Event(Record, frozen=True):
    """A fact that happened. `__type__` is the stored name, `__version__` that of the shape."""

    __type__: ClassVar[str]
    __version__: ClassVar[int] = 1
    __retired__: ClassVar[bool] = False


class Keep(Enum):
    """Stands for "as it was" where `None` is a value."""

    KEEP = "keep"


KEEP: Final = Keep.KEEP

_set = object.__setattr__
"""Where a frozen model is made; pydantic makes them so, too."""


class State(Record, frozen=True):
    """What a projection knows."""

    def _replaced(self, **changes: object) -> Self:
        """Typed by the generated `replace`; not validated, which would cost the whole state.

        What pydantic's `model_copy` does, spelled out: it would take half of the time of a fold.
        """
        values, given = {**self.__dict__}, {*self.__pydantic_fields_set__}
        for name, value in changes.items():
            if value is not KEEP:
                values[name] = value
                given.add(name)
        copy = object.__new__(type(self))
        _set(copy, "__dict__", values)
        _set(copy, "__pydantic_fields_set__", given)
        _set(copy, "__pydantic_extra__", None)
        _set(copy, "__pydantic_private__", None)
        return copy


class Recorded(NamedTuple, Generic[E_co]):
    """An event and what storing added to it. `created_at` is in UTC."""

    id: int
    type: str
    data: E_co
    created_at: datetime
    metadata: Metadata


def read_json(model: type[M], text: str) -> M:
    """Straight from text to the model, by stored keys; raises pydantic's `ValidationError`."""
    validate = model.__pydantic_validator__.validate_json  # `model_validate_json` calls no other
    return cast(M, validate(text, extra="ignore", by_alias=True, by_name=False, context=READING))


def write_json(model: Record) -> str:
    """The stored form: stored keys, and none where there is no value. Raises `UnwritableError`."""
    text = _serialized(model)
    if _is_suspicious(text, len(text)) or _is_branched(text):
        _refuse_lost_text(_name(model), text, model)
        _refuse_lost_numbers(_name(model), text, model)
        _refuse_depth(_name(model), text)
    return text


def write_lines(models: Sequence[Record]) -> str:
    """As `write_json`, a line each: JSON text holds no line breaks of its own."""
    text = _quick_lines(models) if len(models) > 1 else None
    return "\n".join(map(write_json, models)) if text is None else text


def _quick_lines(models: Sequence[Record]) -> str | None:
    """None: they need a closer look, one by one. Whether their values fit is asked once for all."""
    try:
        _ANY.to_json(models, by_alias=True, exclude_none=True, warnings="error")
        lines = [
            model.__pydantic_serializer__.to_json(
                model, by_alias=True, exclude_none=True, warnings=False
            )
            for model in models
        ]
    except PydanticSerializationError:
        return None
    text = b"\n".join(lines).decode()
    longest = max(map(len, lines))
    is_suspicious = _is_suspicious(text, longest) or (
        longest > 2 * _DEEP and any(map(_is_branched, text.split("\n")))
    )
    return None if is_suspicious else text


_ANY = SchemaSerializer(core_schema.any_schema())


def _serialized(model: Record) -> str:
    try:
        serialized = model.__pydantic_serializer__.to_json(  # `model_dump_json` calls no other
            model, by_alias=True, exclude_none=True, warnings="error"
        )
    except PydanticSerializationError as error:
        raise UnwritableError(_name(model), str(error)) from error
    return serialized.decode()


def _name(model: Record) -> str:
    return getattr(model, "__type__", type(model).__name__)


def _is_suspicious(text: str, longest: int) -> bool:
    """Whether it needs a closer look, which takes longer than writing a small event.

    `longest`: the characters of its longest line; a long number needs many, or an exponent.
    """
    has_odd_text = "\\u0000" in text or "\ufffd" in text
    return has_odd_text or "E+" in text or "E-" in text or longest >= _LONG


_DEEP = 100
"""Levels. Reading gives up at about twice as many: some are left to what wraps a value."""


def _is_branched(text: str) -> bool:
    """Whether it may be deep, which takes as many brackets; counting is cheaper than looking."""
    return len(text) > 2 * _DEEP and text.count("[") + text.count("{") > _DEEP


def write_metadata(metadata: Mapping[str, JsonValue]) -> str:
    if not metadata:
        return "{}"
    try:
        text = json.dumps(dict(metadata), allow_nan=False, ensure_ascii=False)
        text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise UnwritableError("metadata", str(error)) from error
    _refuse_nul("metadata", text)
    _refuse_depth("metadata", text)
    return text


def _refuse_lost_text(name: str, text: str, model: Record) -> None:
    _refuse_nul(name, text)
    if "\ufffd" in text and _holds_surrogates(model.model_dump()):
        raise UnwritableError(name, "a key holds half a surrogate pair")


_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
"""The escape of a NUL has an odd number of backslashes; with an even number it is plain text."""


def _refuse_nul(name: str, text: str) -> None:
    if "\\u0000" in text and _NUL.search(text):
        raise UnwritableError(name, "it holds a NUL character")


_LONG = 1000
_LONG_NUMBER = re.compile(rf"[0-9.]{{{_LONG}}}|E[-+][0-9]{{4}}")
"""Text may look like that, too, so this is only a suspicion."""


def _refuse_lost_numbers(name: str, text: str, model: Record) -> None:
    """What is written stays: a number that cannot be read would spoil its stream for ever."""
    if _LONG_NUMBER.search(text) and not all(map(is_exact, _numbers(model.model_dump()))):
        raise UnwritableError(name, f"it holds a number of more than {MOST_DIGITS} digits")


def _refuse_depth(name: str, text: str) -> None:
    """Asks the parser that will read it, for it alone knows its limit."""
    if not _is_branched(text):
        return
    try:
        from_json("[" * _DEEP + text + "]" * _DEEP)
    except ValueError as error:
        raise UnwritableError(name, "it is nested too deeply") from error


def _numbers(value: Any) -> Iterator[int | Decimal]:
    match value:
        case int() | Decimal():
            yield value
        case dict():
            yield from _numbers(list(cast("dict[str, Any]", value).values()))
        case list() | frozenset():
            for each in cast("Iterable[Any]", value):
                yield from _numbers(each)
        case _:
            pass


def _holds_surrogates(value: Any) -> bool:
    """pydantic refuses them in values, but writes them as U+FFFD in the keys of a mapping."""
    try:
        json.dumps(value, default=str, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False
