"""What was given, done and expected, and what came instead → a failure that reads as the test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from storyline.events import Event


class Saved(NamedTuple):
    events: tuple[Any, ...]

    def __str__(self) -> str:
        return lines(self.events) or "nothing is saved"


class Refused(NamedTuple):
    reason: str

    def __str__(self) -> str:
        return f"it is refused: {self.reason}"


class Became(NamedTuple):
    state: object

    def __str__(self) -> str:
        return repr(self.state)


Outcome: TypeAlias = Saved | Refused | Became


class Told(NamedTuple):
    """`doer`: the class of a validator or projection, and what it is constructed with."""

    given: Sequence[Event]
    doer: str
    key: Mapping[str, object]
    applied: Sequence[Event] = ()

    def require(self, expected: Outcome, found: Outcome) -> None:
        if type(expected) is not type(found) or expected != found:
            raise AssertionError(self._failure(str(expected), str(found)))

    def _failure(self, expected: str, found: str) -> str:
        key = ", ".join(f"{name}={value!r}" for name, value in self.key.items())
        parts = {
            "given": lines(self.given),
            "when": f"{self.doer}({key})",
            "applies": lines(self.applied),
            "then": expected,
            "but": found,
        }
        return "\n".join(_part(name, text) for name, text in parts.items() if text)


def lines(values: Iterable[object]) -> str:
    return "\n".join(map(repr, values))


def _part(name: str, text: str) -> str:
    first, *others = text.splitlines()
    return "\n".join([f"{name:>8} {first}", *(" " * 9 + line for line in others)])
