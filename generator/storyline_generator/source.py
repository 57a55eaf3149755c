"""Text with line and column numbers. The leaf of the generator: it imports nothing of ours."""

from __future__ import annotations

from typing import NamedTuple

from storyline_generator.immutable import immutable


class Source(NamedTuple):
    """One schema file. `path` is what a person sees: relative, with forward slashes."""

    path: str
    text: str

    def __repr__(self) -> str:
        return f"Source({self.path!r})"


@immutable
class Span:
    """Half-open range of code points in a source's text."""

    start: int
    end: int

    def position(self, source: Source) -> tuple[int, int]:
        """Line and column of the start, both counted from 1; columns are code points."""
        line_start = source.text.rfind("\n", 0, self.start) + 1
        return source.text.count("\n", 0, self.start) + 1, self.start - line_start + 1
