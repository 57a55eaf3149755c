"""How one version of an event becomes the next, as a story says it: values, which others apply.

It knows shapes only as the lock writes them down.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from storyline_generator.diagnostics import Place
from storyline_generator.immutable import NOTHING, immutable

Shape: TypeAlias = Mapping[str, "str | int | bool | Shape"]
"""What a version of an event is stored as: a table of the lock."""


@immutable
class SetField:
    """Gives a field its value where an event has none. The value is as TOML has it."""

    key: str
    value: object
    place: Place


@immutable
class DropField:
    key: str
    place: Place


@immutable
class RenameField:
    key: str
    old: str
    place: Place


@immutable
class MapValues:
    """Values of an enum, under the names that they had → their names now."""

    key: str
    values: Mapping[str, str]
    place: Place


@immutable
class ConvertField:
    key: str
    conversion: str
    place: Place


Step = RenameField | DropField | MapValues | ConvertField | SetField


@immutable
class Upcast:
    """How version `version` becomes the next: by steps, in this order, or by the user's code."""

    version: int
    steps: tuple[Step, ...]
    code: bool
    place: Place
    before: Shape = NOTHING
    after: Shape = NOTHING
    """The shapes of both versions, as the lock has them."""
    names: tuple[str, str] = ("", "")
    """What the event was called when either version was first released: the user's code says so."""
