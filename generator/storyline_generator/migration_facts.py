"""Migrations that are released → the facts of the lock about them, and what has become of them."""

from __future__ import annotations

from collections.abc import Mapping

from storyline_generator.banner import text_hash
from storyline_generator.lock.tree import Tree
from storyline_generator.plan.migrations import PlannedMigrations
from storyline_generator.plan.sql import Migration
from storyline_generator.renderer import RenderedFile


def frozen_migrations(
    planned: PlannedMigrations, files: Mapping[str, RenderedFile], story: str
) -> Tree:
    """Of one story, by name. The files are the rendered ones."""
    return {
        each.migration.name: migration_facts(each.migration, files[each.file.path].text)
        for each in planned.migrations
        if each.story == story
    }


def migration_facts(migration: Migration, text: str) -> Tree:
    """`text` is that of its file."""
    makes: dict[str, dict[str, Tree]] = {}
    drops: dict[str, dict[str, bool]] = {}
    for each in migration.makes:
        texts = {"up": each.definition, "down": each.down}
        makes.setdefault(each.kind, {})[each.name] = texts
    for each in migration.drops:
        drops.setdefault(each.kind, {})[each.name] = True
    return {
        "hash": text_hash(text),
        "after": dict.fromkeys(migration.after, True),
        "replaces": dict.fromkeys(migration.replaces, True),
        "makes": makes,
        "drops": drops,
    }
