"""The stored record of an old version → that of the next, version by version, before validation.

Pure, and lenient in nothing: a version without a way on is an error, and a way without a step.
Generated code says the steps as data; it is imported only when an old version is met.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol, TypeAlias

Data: TypeAlias = dict[str, Any]
"""What is stored, with exact numbers."""


class Step(Protocol):
    def __call__(self, data: Data) -> Data: ...


@dataclass(frozen=True, slots=True)
class Rename:
    key: str
    old: str

    def __call__(self, data: Data) -> Data:
        return {self.key if key == self.old else key: value for key, value in data.items()}


@dataclass(frozen=True, slots=True)
class Drop:
    key: str

    def __call__(self, data: Data) -> Data:
        return {key: value for key, value in data.items() if key != self.key}


@dataclass(frozen=True, slots=True)
class Map:
    """Values of an enum; others stay as they are."""

    key: str
    values: Mapping[str, str]

    def __call__(self, data: Data) -> Data:
        found = data.get(self.key)
        return data if found is None else {**data, self.key: self.values.get(found, found)}


@dataclass(frozen=True, slots=True)
class Convert:
    key: str
    conversion: str

    def __call__(self, data: Data) -> Data:
        found = data.get(self.key)
        return data if found is None else {**data, self.key: _CONVERSIONS[self.conversion](found)}


@dataclass(frozen=True, slots=True)
class Set:
    """Where there is no value."""

    key: str
    value: Any

    def __call__(self, data: Data) -> Data:
        return {**data, self.key: self.value} if data.get(self.key) is None else data


class Upcast:
    """From one version to the next."""

    __slots__ = ("_steps",)

    def __init__(self, *steps: Step | Callable[[Any], Any]) -> None:
        if not steps:
            raise ValueError("an upcast needs a step")
        self._steps = steps

    def __call__(self, data: Data) -> Data:
        for step in self._steps:
            data = step(data)
        return data


Upcasts: TypeAlias = Mapping[str, Mapping[int, Upcast]]
"""Stored type → version → the way to the next one."""


class NoWayError(Exception):
    """A stored version does not lead to the one that the class has."""


def upcast(upcasts: Mapping[int, Upcast], version: int, wanted: int, data: Data) -> Data:
    """Raises `NoWayError`, and whatever the user's code raises."""
    if version > wanted:
        raise NoWayError(f"it has version {version}, and this code knows {wanted}: it is older")
    for number in range(version, wanted):
        if number not in upcasts:
            raise NoWayError(f"nothing leads from version {number} to {number + 1}")
        data = upcasts[number](data)
    return data


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value, "f") if isinstance(value, Decimal) else str(value)


_CONVERSIONS: Mapping[str, Callable[[Any], Any]] = {
    "to_str": _text,
    "midnight_utc": lambda value: f"{value}T00:00:00.000000Z",
    "wrap": lambda value: [value],
}
