"""A story of a revision, as what has been released: its facts, and where its text says them."""

from __future__ import annotations

from collections.abc import Mapping

from storyline_generator.diagnostics import Place
from storyline_generator.evolution.locating import spot
from storyline_generator.immutable import immutable
from storyline_generator.lock import Lock, Tree
from storyline_generator.schema import Event, Schema


@immutable
class Revision:
    """What the revision would have released: `tree` is its story on top of its lock."""

    schema: Schema
    lock: Lock
    tree: Tree
    tables: Mapping[str, object]
    """As TOML has it."""

    def place(self, *path: str) -> Place:
        """In the story; of what it did not have any more, in its lock."""
        match path:
            case ("events", name, *rest) if name in self.schema.events:
                return self._of_event(self.schema.events[name], rest) or self.lock.place(*path)
            case ("streams", name, *rest) if name in self.schema.streams:
                stream = self.schema.streams[name].place
                return (stream / "key").value if rest else stream
            case ("filters", name, *_) if name in self.schema.filters:
                return self.schema.filters[name].place
            case ("projections", name, *_) if name in self.schema.projections:
                return self.schema.projections[name].place
            case ("story" | "schema",):
                return (self.schema.place / "story").value
            case _:
                return self.lock.place(*path)

    def _of_event(self, event: Event, rest: list[str]) -> Place | None:
        if rest and rest[0] != str(event.version):
            return None
        return spot(event, tuple(rest[1:]), self.schema).place
