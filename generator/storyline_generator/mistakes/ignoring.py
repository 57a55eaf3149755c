"""What can be wrong with the silencing of warnings: comments, and lines of the baseline."""

from __future__ import annotations

from storyline_generator.diagnostics import Diagnostic, Place


def malformed_ignore(place: Place, message: str, hint: str) -> Diagnostic:
    """Something is meant to silence a warning, and does not say which one, or why.

    A comment `# storyline: ignore[CODE] reason` silences the warnings with this code that are about
    its own line, or about the next one if it has a line to itself. The reason is for whoever reads
    the story next. Errors cannot be silenced.

    Example: the reason is missing.

        # storyline: ignore[unused-type]
        Colour = { enum = ["red", "green"] }
    """
    return Diagnostic("malformed-ignore", message, place, hint=hint, severity="warning")


def unused_ignore(code: str, place: Place, hint: str) -> Diagnostic:
    """A warning is silenced that is not there.

    What it was about has changed, or the comment stands on another line than the warning. Left
    where it is, it would silence the next mistake.

    Example: the type is used by now.

        Colour = { enum = ["red"] } # storyline: ignore[unused-type] the shop will need it
    """
    message = f"there is no `{code}` here to be ignored."
    return Diagnostic("unused-ignore", message, place, hint=hint, severity="warning")
