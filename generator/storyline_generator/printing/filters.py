"""What compiled templates call. It is all that they may do to a text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def indent(text: str, width: int = 4) -> str:
    """All lines but the first, and those that are empty."""
    if "\n" not in text:
        return text
    first, *others = text.split("\n")
    return "\n".join((first, *(" " * width + line if line else line for line in others)))


def join(texts: Iterable[str], between: str) -> str:
    return between.join(texts)


def with_last(items: Sequence[T]) -> Iterator[tuple[T, bool]]:
    """Each item, and whether it is the last one."""
    last = len(items) - 1
    return ((item, number == last) for number, item in enumerate(items))
