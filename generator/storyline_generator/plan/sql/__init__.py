"""A schema → the migration that makes its log in PostgreSQL. The template only prints it."""

from __future__ import annotations

from typing import NamedTuple

from storyline_generator.plan.sql.indexes import IndexPlan, index_plans
from storyline_generator.plan.sql.text import dollar_quote, identifier
from storyline_generator.schema import Schema

LONGEST_TAIL = 1000
"""Newer events that an append looks through itself; of more, the client looks by an index."""


class MigrationPlan(NamedTuple):
    """What `migration.sql.jinja` prints."""

    schema: str
    """Quoted; every object is written with it, so no `search_path` decides what is meant."""
    creates_schema: bool
    """`public` is everybody's: it is neither created nor dropped."""
    body_quote: str
    longest_tail: int
    indexes: tuple[IndexPlan, ...]


def index_definitions(schema: Schema) -> dict[str, str]:
    """What each index is made on, by its name without quotes: for the lock."""
    return {index.name[1:-1]: index.definition for index in index_plans(schema)}


def migration_plan(schema: Schema) -> MigrationPlan:
    quoted = identifier(schema.database_schema)
    return MigrationPlan(
        schema=quoted,
        creates_schema=schema.database_schema != "public",
        body_quote=dollar_quote(quoted),
        longest_tail=LONGEST_TAIL,
        indexes=index_plans(schema),
    )
