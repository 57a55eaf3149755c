"""What can be wrong with the migration files of a project, before any database sees them."""

from __future__ import annotations

from storyline_generator.diagnostics import Diagnostic, Place


def malformed_migration(place: Place, message: str, hint: str) -> Diagnostic:
    """A migration file cannot be run.

    What is to be applied stands below one line `-- migrate:up`, and what undoes it below one line
    `-- migrate:down`. Other runners that know dbmate's format read them the same way.

    Example: a file without the line

        -- migrate:up
    """
    return Diagnostic("malformed-migration", message, place, hint=hint)


def migration_without_down(place: Place) -> Diagnostic:
    """A migration does not say how it is undone.

    `storyline migrate down` stops at it, and so does whoever must go back in a hurry. If there is
    nothing to undo, the section holds `select 1;`.

    Example: the file ends before

        -- migrate:down
    """
    message = "this migration does not say how it is undone."
    hint = "add a section `-- migrate:down`"
    return Diagnostic("migration-without-down", message, place, hint=hint)
