"""Mistakes in a lock file: it is written by `storyline release`, and merged by git."""

from __future__ import annotations

from storyline_generator.diagnostics import Diagnostic, Place, Related


def unmerged_lock(place: Place) -> Diagnostic:
    """A lock file holds the marks of a merge conflict.

    Every line of a lock is a fact of its own, and what two branches have released has both been
    released: the lines of both sides stay. With `*.lock.toml merge=union` in `.gitattributes`, git
    does so by itself; `storyline release` puts that file beside the lock.

    Example:

        <<<<<<< HEAD
        events.ITEM_ADDED.1.fields.title.type = "str"
        =======
        events.LIST_RENAMED.1.fields.name.type = "str"
        >>>>>>> rename-lists
    """
    message = f"`{place.source.path}` holds a merge conflict."
    hint = "keep the lines of both sides, and delete the marks"
    return Diagnostic("unmerged-lock", message, place, hint=hint)


def damaged_lock(place: Place) -> Diagnostic:
    """A lock file has a line that `storyline release` does not write.

    The lock says what is stored in databases, which no edit of a file can change. So it is never
    edited: the schema says what is now, and how the old becomes the new.

    Example: a type that there is not.

        events.ITEM_ADDED.1.fields.title.type = "text"
    """
    hint = "take the file as it was from version control"
    message = "this is no line that `storyline release` writes."
    return Diagnostic("damaged-lock", message, place, hint=hint)


def released_twice(name: str, place: Place, first: Place) -> Diagnostic:
    """Two branches have released the first migration of a story, each in a form of its own.

    A database can run only one of them. That of the branch which has gone to production stays, and
    what the other branch needs besides is planned as the next migration. Whoever has applied the
    other one begins with a new database.

    Example: both branches begin the story `todo`, and release it.

        migrations.todo.hash = "3f9a1c02d4"
        migrations.todo.hash = "86f3592b27"
    """
    related = (Related("the other one is here", first),)
    message = f"the migration `{name}` has been released by two branches, each in its own form."
    take = "take the file that has gone to production: `git checkout --ours` or `--theirs`"
    hint = f"{take}, then run `storyline migrations merge`"
    return Diagnostic("released-twice", message, place, related, hint)


def contradictory_lock(path: str, place: Place, first: Place) -> Diagnostic:
    """A lock file says two things about the same shape.

    Two branches have released the same version of an event, each in a shape of its own. If only one
    of them has ever run in production, its line is right. Else one of them is a version of its own.

    Example:

        events.ITEM_ADDED.2.fields.note.max_length = 80
        events.ITEM_ADDED.2.fields.note.max_length = 200
    """
    related = (Related("the other one is here", first),)
    message = f"`{path}` has two values."
    hint = "keep the one that has been released to production"
    return Diagnostic("contradictory-lock", message, place, related, hint)
