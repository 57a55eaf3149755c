"""A schema → the migration that makes its log in PostgreSQL. The template only prints it."""

from __future__ import annotations

from typing import NamedTuple

from storyline_generator.plan.sql.indexes import index_plans
from storyline_generator.plan.sql.objects import wanted_objects
from storyline_generator.schema import Schema


class MigrationPlan(NamedTuple):
    """What `migration.sql.jinja` prints."""

    up: tuple[str, ...]
    down: tuple[str, ...]


def index_definitions(schema: Schema) -> dict[str, str]:
    """What each index is made on, by its name without quotes: for the lock."""
    return {index.name[1:-1]: index.definition for index in index_plans(schema)}


def migration_plan(schema: Schema) -> MigrationPlan:
    objects = wanted_objects(schema)
    return MigrationPlan(
        up=tuple(each.up for each in objects),
        down=tuple(each.down for each in reversed(objects)),
    )
