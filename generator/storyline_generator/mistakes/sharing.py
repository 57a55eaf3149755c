"""Mistakes that no story has alone: two of them want the same file."""

from __future__ import annotations

from storyline_generator.diagnostics import Diagnostic, Place, Related


def shared_file(path: str, place: Place, first: Place) -> Diagnostic:
    """Two stories of one project would share a file.

    A story has a package of its own. The classes that you write for its projections and validators
    stand beside those of other stories, in `projections/` and `validators/`.

    Example: the stories `shop` and `stock` each declare

        [projections.order]
    """
    return Diagnostic(
        "shared-file",
        f"this story needs the file `{path}`, which is that of another story.",
        place,
        (Related("the other story", first),),
        "give the story, or the projection or validator that the file is named after, another name",
    )
