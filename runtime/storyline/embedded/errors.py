"""What can go wrong with the embedded server: one class, as all that a caller can do is tell."""

from __future__ import annotations

from storyline.errors import StorylineError


class EmbeddedServerError(StorylineError):
    """The server could not be found, started or stopped. `hint` begins with a verb."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.message = message
        self.hint = hint
        super().__init__(f"{message} {hint}".strip())
