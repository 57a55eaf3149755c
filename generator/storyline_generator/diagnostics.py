"""What a stage says about the user's schema. Stages return diagnostics; the reporter words them."""

from __future__ import annotations

from collections.abc import Generator
from typing import Literal, NamedTuple, TypeAlias, TypeVar

from storyline_generator.immutable import immutable
from storyline_generator.source import Source, Span

Keys = tuple[str | int, ...]
"""A path through a TOML document, e.g. `("events", "ITEM_ADDED", "fields", "title")`."""


class Place(NamedTuple):
    """A spot in a schema, by its path. It becomes line and column only when it must be shown."""

    source: Source
    keys: Keys = ()
    part: Literal["key", "value"] = "key"
    span: Span | None = None
    """The exact range, where there is no path to follow because the text is not valid TOML."""

    def __truediv__(self, key: str | int) -> Place:
        """The key below this one."""
        return Place(self.source, (*self.keys, key))

    @property
    def value(self) -> Place:
        """The same path, pointing at what stands right of the `=`."""
        return Place(self.source, self.keys, "value", self.span)


@immutable
class Related:
    message: str
    place: Place


Severity = Literal["error", "warning"]


@immutable
class Diagnostic:
    """One mistake, or one thing to think about.

    `message` is a sentence with the user's names in backticks. `hint` begins with a verb; it is
    shown behind the carets. Of a story with an error nothing is generated; a warning is what
    `storyline check` finds in a story that works.
    """

    code: str
    message: str
    place: Place
    related: tuple[Related, ...] = ()
    hint: str = ""
    severity: Severity = "error"


T = TypeVar("T")
Findings: TypeAlias = Generator[Diagnostic, None, T]
"""Yields what is wrong and returns what could be made: `value = yield from …` keeps both apart."""


def collected(findings: Findings[T]) -> tuple[T, tuple[Diagnostic, ...]]:
    """Runs a stage to its end: what it made, and what it found."""
    diagnostics: list[Diagnostic] = []
    while True:
        try:
            diagnostics.append(next(findings))
        except StopIteration as stop:
            return stop.value, tuple(diagnostics)
