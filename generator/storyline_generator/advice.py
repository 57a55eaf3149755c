"""Sound stories → what is odd or risky in them, and not answered. `generate` never asks."""

from __future__ import annotations

from storyline_generator import compatibility, lint
from storyline_generator.diagnostics import Diagnostic
from storyline_generator.ignores import without_ignored
from storyline_generator.pipeline import Stories

WARNING_CODES = lint.CODES | compatibility.WARNINGS
"""What a comment or a baseline may answer."""


def warnings(stories: Stories) -> tuple[Diagnostic, ...]:
    """What no comment silences. It waits for stories without errors, as it may follow from them."""
    if stories.diagnostics:
        return ()
    found = (each for sound in stories.sound for each in (*lint.lint(sound), *sound.warnings))
    return without_ignored(found, stories.sources, WARNING_CODES)


def risks(stories: Stories) -> tuple[Diagnostic, ...]:
    """Of the warnings, those that compare with the last release."""
    return tuple(each for each in warnings(stories) if each.code in compatibility.WARNINGS)
