"""A story of which everything is released → one baseline in place of its migrations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from storyline_generator.lock import Lock, lock_text
from storyline_generator.lock.tree import below
from storyline_generator.migration_facts import migration_facts
from storyline_generator.plan.layout import Layout
from storyline_generator.plan.module import PlannedFile, story_place
from storyline_generator.plan.numbers import files_of, numbered
from storyline_generator.plan.sql import baseline_of, migrations_of
from storyline_generator.plan.sql.released import released_migrations
from storyline_generator.renderer import RenderedFile, render
from storyline_generator.schema import Schema


@dataclass(frozen=True, slots=True)
class Squash:
    """By path: the file that is new, those that it stands for, and the text of the lock."""

    new: Mapping[str, RenderedFile]
    gone: tuple[str, ...]
    lock: Mapping[str, str]


def squash(schema: Schema, lock: Lock, layout: Layout) -> Squash | None:
    """None, where there is only one migration already, or one is not released yet.

    The lock forgets what the migrations did that are gone; the baseline says it all.
    """
    released = released_migrations(lock.tree).migrations
    if len(released) < 2 or migrations_of(schema, lock.tree):
        return None
    baseline = baseline_of(schema, lock.tree)
    files = [each.file for each in files_of(layout.existing_migrations, schema.story)]
    (file,) = numbered(layout.existing_migrations, schema.story, (), [baseline.name])
    path = layout.migration_path(file)
    new = render([PlannedFile(path, "migration.sql.jinja", baseline, story_place(schema))])
    facts = migration_facts(baseline, new[path].text)
    kept = {
        name: old for name, old in below(lock.tree, "migrations").items() if name not in released
    }
    tree = {**lock.tree, "migrations": {**kept, baseline.name: facts}}
    gone = tuple(map(layout.migration_path, files))
    return Squash(new, gone, {lock.source.path: lock_text(tree)})
