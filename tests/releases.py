"""Releases a story without its migrations: what rows may be from then on."""

from __future__ import annotations

from pathlib import Path

from storyline_generator import pipeline, reporter
from storyline_generator.lock import frozen, lock_text, released


def release_shapes(root: Path) -> None:
    """The lock of every story in the folder, beside it."""
    stories = pipeline.read(root, ".")
    assert not stories.diagnostics, reporter.report(stories.diagnostics)
    for sound, lock in zip(stories.sound, stories.locks, strict=True):
        text = lock_text(released(lock.tree, frozen(sound.schema, {})))
        (root / lock.source.path).write_text(text)
