"""Mistakes found while schema files are read: the disk, the encoding, TOML itself."""

from __future__ import annotations

from storyline_generator.diagnostics import Diagnostic, Place, Related


def unreadable_file(place: Place, reason: str, hint: str = "") -> Diagnostic:
    """A schema file or folder cannot be read.

    Storyline reads the `*.toml` files below the folder that `schemas` names in `pyproject.toml`.
    The folder is missing, or a file in it may not be read, or something else has its name.

    Example: `schemas = "schema"` in `pyproject.toml`, where the folder is called `schemas`.
    """
    message = f"`{place.source.path}` cannot be read: {reason}."
    return Diagnostic("unreadable-file", message, place, hint=hint)


def not_utf_8(place: Place, reason: str) -> Diagnostic:
    """A schema file is not UTF-8 text.

    TOML is UTF-8, without a byte order mark. Some editors save in another encoding, or add the
    mark.

    Example: a file saved as "Unicode" (UTF-16) or "UTF-8 with BOM".
    """
    message = f"`{place.source.path}` {reason}."
    return Diagnostic(
        "not-utf-8", message, place, hint="save it as UTF-8 without a byte order mark"
    )


def invalid_toml(place: Place, message: str, hint: str = "") -> Diagnostic:
    """A schema file is not valid TOML 1.0.

    Nothing can be said about a file whose text cannot be taken apart, so it is reported alone.
    https://toml.io/en/v1.0.0 describes the format.

    Example:

        doc = "a text that is not closed
    """
    return Diagnostic("invalid-toml", message, place, hint=hint)


def declared_twice(name: str, place: Place, first: Place) -> Diagnostic:
    """Two declarations have the same name.

    A name stands for one thing. Within a file TOML itself refuses the second; within a folder of
    files that are one story, and between stories, Storyline does.

    Example:

        [events.ITEM_ADDED]
        stream = "list"

        [events.ITEM_ADDED]
        stream = "archive"
    """
    related = Related("first declared here", first)
    return Diagnostic("declared-twice", f"`{name}` is declared twice.", place, (related,))


def shared_database_schema(schema: str, place: Place, first: Place) -> Diagnostic:
    """Two stories would live in the same PostgreSQL schema.

    Each story has its own log: tables `events`, `heads` and `projections` in a PostgreSQL schema of
    its own, which has the story's name unless `schema` says otherwise.

    Example: two stories that both say

        schema = "public"
    """
    related = (Related("that of another story is named here", first),)
    message = f"the PostgreSQL schema `{schema}` is that of another story."
    hint = "give one of them another `schema`"
    return Diagnostic("shared-database-schema", message, place, related, hint)


def lock_without_story(place: Place) -> Diagnostic:
    """A lock has no story beside it.

    The lock of a story is called as the story is, and stands in the same folder. Where the story
    was renamed or moved without it, all that has been released would be forgotten.

    Example: `story = "todo"` became `story = "tasks"`, beside a `todo.lock.toml`.
    """
    message = f"`{place.source.path}` says what has been released, and its story is not here."
    hint = "name the story so again, or bring the lock to its folder; delete it only with the log"
    return Diagnostic("lock-without-story", message, place, hint=hint)


def missing_story(place: Place, hint: str = 'begin one with `story = "…"`') -> Diagnostic:
    """No file says which story this is.

    A story is one `*.toml` file with a `story` key, or all files of a folder, of which exactly one
    has it. Its name becomes the name of the Python package and of the PostgreSQL schema.

    Example:

        story = "todo"
    """
    return Diagnostic("missing-story", "no schema file here names its story.", place, hint=hint)


def unclear_folder(place: Place, first: Place, without: Place) -> Diagnostic:
    """Some files of a folder name a story, others do not.

    If every file has a `story` key, each is a story of its own. If exactly one has it, all files of
    the folder are that story. With several, but not all, it cannot be known where the rest belongs.

    Example: `todo.toml` and `courses.toml` name their stories, and `types.toml` beside them does
    not.
    """
    related = (
        Related("another story is named here", first),
        Related("this file names no story", without),
    )
    message = "several files of this folder name a story, but not all of them."
    hint = "give each story a folder of its own, or each file a story"
    return Diagnostic("unclear-folder", message, place, related, hint)
