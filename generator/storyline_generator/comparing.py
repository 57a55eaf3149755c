"""Stories at a git revision, and what has changed since: only `breaking` and `diff` ask."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from storyline_generator.changes import StoryChange, Today, story_change
from storyline_generator.checks import check
from storyline_generator.diagnostics import Diagnostic, collected
from storyline_generator.lock import Past, frozen, read_lock, released
from storyline_generator.pipeline import NOTHING_RELEASED
from storyline_generator.plan.sql import index_definitions
from storyline_generator.reading.loader import load
from storyline_generator.resolver import resolve
from storyline_generator.revisions import Revision, RevisionError, load_at
from storyline_generator.schema import SoundSchema


def pasts_at(root: Path, schemas: str, ref: str) -> Mapping[str, Past]:
    """Every story at a git revision, by name, as if it had been released; raises `RevisionError`.

    A story with mistakes is nothing to compare with, and refused.
    """
    loaded = load_at(root, schemas, ref)
    found = [*loaded.diagnostics]
    pasts: dict[str, Past] = {}
    for document in loaded.documents:
        lock, damage = collected(read_lock(document.lock))
        checked = check(resolve(document), None)
        if isinstance(checked, SoundSchema) and not damage:
            schema = checked.schema
            facts = frozen(schema, index_definitions(schema))
            pasts[schema.story] = Revision(
                schema, lock, released(lock.tree, facts), document.tables
            )
        else:
            found += [*damage, *(() if isinstance(checked, SoundSchema) else checked)]
    if found:
        reason = f"The story at `{ref}` has mistakes of its own: {found[0].message}"
        raise RevisionError(ref, reason, "Compare with a revision that `storyline check` accepts.")
    return pasts


def changes(
    root: Path, schemas: str, against: Mapping[str, Past] | None
) -> tuple[tuple[StoryChange, ...], tuple[Diagnostic, ...]]:
    """What has changed in each story. Mistakes are only those that a story has by itself."""
    loaded = load(root / schemas, root)
    found: list[StoryChange] = []
    diagnostics = list(loaded.diagnostics)
    for document in loaded.documents:
        lock, damage = collected(read_lock(document.lock))
        checked = check(resolve(document), None)
        if isinstance(checked, SoundSchema) and not damage:
            schema = checked.schema
            then = lock if against is None else against.get(schema.story, NOTHING_RELEASED)
            found.append(story_change(Today(document, schema, lock), then))
        else:
            diagnostics += [*damage, *(() if isinstance(checked, SoundSchema) else checked)]
    return tuple(found), tuple(diagnostics)
