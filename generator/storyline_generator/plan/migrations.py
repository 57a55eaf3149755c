"""Sound stories and their locks → the files of the migrations that no release has frozen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from storyline_generator.lock.tree import EMPTY, Tree
from storyline_generator.plan.layout import Layout
from storyline_generator.plan.module import PlannedFile, story_place
from storyline_generator.plan.numbers import numbered, stale_files
from storyline_generator.plan.sql import Migration, migrations_of
from storyline_generator.plan.sql.released import released_migrations
from storyline_generator.schema import Schema, SoundSchema


class PlannedMigration(NamedTuple):
    story: str
    migration: Migration
    file: PlannedFile


class PlannedMigrations(NamedTuple):
    migrations: tuple[PlannedMigration, ...]
    stale: tuple[str, ...]
    """Paths of files that were planned before, and are not any more."""

    @property
    def files(self) -> tuple[PlannedFile, ...]:
        return tuple(each.file for each in self.migrations)


def migrations(
    sound: Sequence[SoundSchema], layout: Layout, locks: Mapping[str, Tree]
) -> PlannedMigrations:
    """Of all stories. It knows of files only their names, and depends on nothing else."""
    planned: list[PlannedMigration] = []
    stale: list[str] = []
    for proven in sound:
        schema = proven.schema
        lock = locks.get(schema.story, EMPTY)
        known = released_migrations(lock).migrations
        gone = stale_files(layout.existing_migrations, schema.story, known)
        next_ones = migrations_of(schema, lock)
        names = [migration.name for migration in next_ones]
        files = numbered(layout.existing_migrations, schema.story, known, names)
        layout = layout.with_migrations(gone, files)
        stale += [layout.migration_path(file) for file in gone if file not in files]
        for migration, file in zip(next_ones, files, strict=True):
            planned.append(_planned(schema, layout, migration, file))
    return PlannedMigrations(tuple(planned), tuple(stale))


def _planned(schema: Schema, layout: Layout, migration: Migration, file: str) -> PlannedMigration:
    path = layout.migration_path(file)
    planned = PlannedFile(path, "migration.sql.jinja", migration, story_place(schema))
    return PlannedMigration(schema.story, migration, planned)
