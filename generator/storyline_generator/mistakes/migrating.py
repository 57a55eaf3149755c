"""What can be wrong with the migration files of a project, before any database sees them."""

from __future__ import annotations

from storyline_generator.diagnostics import Diagnostic, Place, Related


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


def missing_migration(name: str, place: Place) -> Diagnostic:
    """A migration that has been released has no file.

    Databases have applied it, and a new one must: all that follows rests on it. The lock says that
    it was released; its file is in version control. Whoever wants fewer files joins those of a
    story by `storyline migrations squash`.

    Example: the file was deleted, or its name was changed behind the number.

        migrations/0002_shop-indexes-3f9a1c02.sql
    """
    message = f"the migration `{name}` has been released, and its file is gone."
    hint = "take the file from version control"
    return Diagnostic("missing-migration", message, place, hint=hint)


def changed_migration(file: str, place: Place) -> Diagnostic:
    """The file of a migration that has been released is not what it was.

    A database that has applied it will never apply what is new in it, and one that has not would
    become another. So the lock remembers a hash of each file. What is to be different is said in
    the story, and `storyline generate` writes the next migration; or in a migration of your own.

    Example: a column was added by hand, to a file that was released.

        migrations/0001_shop.sql
    """
    message = f"`{file}` was changed after it had been released."
    hint = "take it as it was from version control, and put the change into a new file"
    return Diagnostic("changed-migration", message, place, hint=hint)


def two_heads(file: str, other: str, place: Place, related: Place) -> Diagnostic:
    """Two branches have each released a migration, and both have the same number.

    Other runners know a file by its number, and would apply only one of the two. Storyline knows it
    by the name behind the number, and by what it says; so the number may be changed, and nothing
    else. Databases that have applied either keep it, and get the other one.

    Example: one branch added a filter and the other one too, and both have run `storyline release`.

        migrations/0002_shop-indexes-3f9a1c02.sql
        migrations/0002_shop-indexes-b81d44e0.sql
    """
    message = f"`{file}` has the number of `{other}`, and both have been released."
    hint = "run `storyline migrations merge`, which gives one of them the next number"
    return Diagnostic("two-heads", message, place, (Related("the other one", related),), hint)


def shared_number(file: str, other: str, place: Place) -> Diagnostic:
    """A migration that has been released has the number of another story's, or of one of yours.

    Storyline's own runner does not mind. Others know a file by its number, and would apply only one
    of the two.

    Example: two branches have each added a migration, of different stories.

        migrations/0002_shop-indexes-3f9a1c02.sql
        migrations/0002_users.sql
    """
    message = f"`{file}` has the number of `{other}`."
    hint = "run `storyline migrations merge`, which gives one of them the next number"
    return Diagnostic("shared-number", message, place, hint=hint)
