"""What the writer can say about a file on disk. Each function is one code.

`edited_file` makes the finding `edited-file`; its docstring is what `storyline explain` prints.
"""

from __future__ import annotations

from storyline_generator.diagnostics import Diagnostic, Place
from storyline_generator.source import Source

_GENERATE = "run `storyline generate`, and commit what it writes"


def missing_file(path: str) -> Diagnostic:
    """A file that the schema asks for is not there.

    Generated code is committed, so that a reviewer sees what a change of the schema does to it.

    Example: a stream was added to the schema, and `storyline generate` was not run.
    """
    return _finding("missing-file", path, "This file is missing.", _GENERATE)


def changed_file(path: str) -> Diagnostic:
    """A generated file is not what the schema says now.

    Example: a field was added to an event, and `storyline generate` was not run.
    """
    return _finding("changed-file", path, "This file is not what the schema says.", _GENERATE)


def orphaned_file(path: str) -> Diagnostic:
    """A generated file is there that no schema asks for any more.

    Only files below the generated package count, and only those that Storyline wrote.

    Example: a stream was renamed; the module of the old name is left.
    """
    return _finding(
        "orphaned-file",
        path,
        "No schema asks for this file any more.",
        "run `storyline generate`, which removes it",
    )


def abandoned_file(path: str) -> Diagnostic:
    """A file of yours imports from a story that is gone, so it cannot be imported itself.

    Nor can `PROJECTIONS`, which looks into every module of the application's projections. Storyline
    deletes nothing that it did not write.

    Example: `schemas/shop.toml` was deleted, and `app/projections/shop/order.py` is left.
    """
    return _finding(
        "abandoned-file",
        path,
        "No story generates what this file imports.",
        "delete it, or let it import from a story that is there",
    )


def edited_file(path: str) -> Diagnostic:
    """A generated file was edited by hand, or by a formatter.

    Its second line holds a hash of all that follows; line ends do not count. Storyline never
    destroys an edit: it writes nothing at all until the edit is gone. Tell your formatter to leave
    the generated package alone.

    Example: a method was added to a generated class. It belongs into your own subclass.
    """
    return _finding(
        "edited-file",
        path,
        "This file was edited after Storyline wrote it.",
        "move the edit to a file of your own, delete this one, then run `storyline generate`",
    )


def foreign_file(path: str) -> Diagnostic:
    """Something stands where a generated file should be, and Storyline did not write it.

    Storyline's own files begin with the two lines that say so. It overwrites nothing else.

    Example: `package` names a folder that has a `todo/types.py` already.
    """
    return _finding(
        "foreign-file",
        path,
        "Something stands here that Storyline did not write.",
        "move it away, or choose another folder in `[tool.storyline]`",
    )


def unsafe_path(path: str) -> Diagnostic:
    """A generated file would be written through a symbolic link, perhaps out of the project.

    Example: `migrations` is a link to a folder of another project.
    """
    return _finding(
        "unsafe-path",
        path,
        "This path leads through a symbolic link.",
        "replace the link by a folder, or choose another folder in `[tool.storyline]`",
    )


def _finding(code: str, path: str, message: str, hint: str) -> Diagnostic:
    """About a file as a whole, of which no line is shown."""
    return Diagnostic(code, message, Place(Source(path, "")), hint=hint)
