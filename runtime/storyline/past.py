"""What only stored data may say: values that are retired, and what wider bounds once allowed.

Reading passes `READING` on to every validator. Whatever else makes a value, be it a constructor or
validation of input, goes by today's rules. Only types with such a past have a validator for it.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any, Final, TypedDict, Unpack, cast

from pydantic import AfterValidator, Field, GetCoreSchemaHandler, TypeAdapter, ValidationInfo
from pydantic_core import CoreSchema, core_schema

READING: Final = object()
"""The context of validation while stored data is read."""


class Bounds(TypedDict, total=False):
    """As pydantic's `Field` takes them."""

    min_length: int
    max_length: int
    pattern: str
    ge: int | float | Decimal
    le: int | float | Decimal
    multiple_of: int | float | Decimal
    decimal_places: int
    max_digits: int


class Narrower:
    """Bounds of what is made now; what was stored while they were wider is read as it is."""

    def __init__(self, **bounds: Unpack[Bounds]) -> None:
        self.bounds = bounds

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.with_info_after_validator_function(
            _checked_by(_validator(source, self.bounds)), handler(source)
        )


def _validator(source: Any, bounds: Bounds) -> Callable[[Any], Any]:
    """Of the plain type where it is one, whose messages are those of an ordinary bound."""
    plain = getattr(source, "__supertype__", source)
    kind = plain if plain in (str, int, float, Decimal) else Any
    limits = Field(**cast("dict[str, Any]", bounds))
    adapter = TypeAdapter[Any](cast("Any", Annotated[kind, limits]))
    return adapter.validate_python


def _checked_by(validate: Callable[[Any], Any]) -> Callable[[Any, ValidationInfo], Any]:
    def check(value: Any, info: ValidationInfo) -> Any:
        if info.context is not READING:
            validate(value)
        return value

    return check


def _only_read(value: str, info: ValidationInfo) -> str:
    if info.context is not READING:
        raise ValueError("this value is retired: it can be read, and not be written")
    return value


RETIRED: Final = AfterValidator(_only_read)
"""Values of an enum that are stored, and are not written any more."""
