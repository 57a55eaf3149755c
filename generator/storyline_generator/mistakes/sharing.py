"""Mistakes that no story has alone: two of them want the same file."""

from __future__ import annotations

from storyline_generator.diagnostics import Diagnostic, Place, Related


def shared_file(path: str, place: Place, first: Place) -> Diagnostic:
    """Two stories of one project would share a file.

    The files of a story stand in folders of its name; a name that Python has reserved gets an
    underscore there, which may be another story's name.

    Example: the stories `class` and `class_` would both be generated into `app/story/class_/`.
    """
    return Diagnostic(
        "shared-file",
        f"this story needs the file `{path}`, which is that of another story.",
        place,
        (Related("the other story", first),),
        "give the story another name",
    )
