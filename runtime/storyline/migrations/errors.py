"""Why migrations stop. The database is then as it was before the file that failed."""

from __future__ import annotations

from collections.abc import Mapping

from storyline.errors import StorylineError


class MigrationError(StorylineError):
    """`hint` begins with a verb. `line` counts from 1; 0: no line is to blame."""

    def __init__(self, message: str, hint: str = "", *, file: str = "", line: int = 0) -> None:
        self.message = message
        self.hint = hint
        self.file = file
        self.line = line
        place = ":".join(str(part) for part in (file, line) if part)
        super().__init__(f"{place}: {message} {hint}".removeprefix(": ").strip())


class EventsWouldBeLostError(MigrationError):
    """Undoing would delete facts. `events` counts them by the PostgreSQL schema of their story."""

    def __init__(self, name: str, events: Mapping[str, int]) -> None:
        self.events = dict(events)
        lost = " and ".join(f"{_counted(count)} of `{schema}`" for schema, count in events.items())
        super().__init__(
            f"`{name}` was not undone: {lost} would be deleted, for ever.",
            "Add `--delete-events` if that is what you want.",
        )


def _counted(events: int) -> str:
    return "1 event" if events == 1 else f"{events:,} events"
