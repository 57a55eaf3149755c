"""A schema, and what a lock says of its migrations → the next ones. Templates only print them."""

from __future__ import annotations

from storyline_generator.lock.tree import EMPTY, Tree
from storyline_generator.plan.sql.indexes import index_plans
from storyline_generator.plan.sql.migrations import Migration, baseline, next_migrations
from storyline_generator.plan.sql.objects import wanted_objects
from storyline_generator.plan.sql.released import released_migrations
from storyline_generator.schema import Schema

__all__ = ["Migration", "baseline_of", "index_definitions", "migrations_of"]


def index_definitions(schema: Schema) -> dict[str, str]:
    """What each index is made on, by its name without quotes: for the lock."""
    return {index.name: index.definition for index in index_plans(schema)}


def migrations_of(schema: Schema, lock: Tree = EMPTY) -> tuple[Migration, ...]:
    """Those that no release has frozen yet. A pure function: disk and databases play no part."""
    wanted = wanted_objects(schema)
    released = released_migrations(lock)
    return next_migrations(schema.story, schema.database_schema, wanted, released)


def baseline_of(schema: Schema, lock: Tree) -> Migration:
    """One migration for all that are released, of a story of which everything is."""
    return baseline(schema.story, wanted_objects(schema), released_migrations(lock))
