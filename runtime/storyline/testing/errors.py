"""What tests can meet besides the errors of every client."""

from __future__ import annotations

from storyline.errors import StorylineError


class NotInMemoryError(StorylineError):
    """Only PostgreSQL has that: a test of it needs a client with a database."""

    def __init__(self, wanted: str) -> None:
        self.wanted = wanted
        super().__init__(f"An in-memory client has no {wanted}. Use one with a database.")
