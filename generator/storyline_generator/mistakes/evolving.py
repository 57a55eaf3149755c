"""Mistakes in how a story came to be what it is: what it says now, and what was released."""

from __future__ import annotations

from storyline_generator.diagnostics import Diagnostic, Place, Related


def moved_name(name: str, owners: tuple[str, str], place: Place, released: Place) -> Diagnostic:
    """An older name of one event is the name of another now.

    Rows have the name as their type, and were written as what the first event is. Whoever reads
    them now would take them for the other.

    Example: `ITEM_ADDED` became `ITEM_PUT` in an earlier release.

        [events.ITEM_PUT]
        stream = "list"

        [events.ITEM_ADDED]
        stream = "list"
    """
    first, now = owners
    related = (Related("released here", released),)
    message = f"rows of the type `{name}` are `{first}`, and would be read as `{now}`."
    hint = f'give it a new name, and write `was = ["{name}"]` in `{first}`'
    return Diagnostic("moved-name", message, place, related, hint)


def wrong_version(name: str, version: int, place: Place, hint: str) -> Diagnostic:
    """The version of an event does not follow what has been released.

    A version is released, and from then on it stands for a shape. The next one is one higher; it
    may still change until it is released, too.

    Example: only version 1 has been released.

        [events.ITEM_ADDED]
        version = 3
    """
    return Diagnostic("wrong-version", f"`{name}` cannot have version {version}.", place, hint=hint)


def wrong_upcast(name: str, reason: str, place: Place, hint: str = "") -> Diagnostic:
    """The upcasts of an event do not lead from each version to the next, once.

    An event of version 3 has one upcast `from = 1` and one `from = 2`: whatever was stored goes the
    whole way.

    Example: the way from version 1 is missing.

        [events.ITEM_ADDED]
        version = 2
    """
    return Diagnostic("wrong-upcast", f"`{name}`: {reason}.", place, hint=hint)


def unfit_step(reason: str, place: Place, hint: str = "") -> Diagnostic:
    """A step of an upcast does not fit the version that it begins with.

    `rename` and `drop` name fields that the released version has, `map` and `convert` values that
    its field can have, `set` a value of the field's type. Names are those of the stored fields.

    Example: version 1 has no `txt`.

        [[events.ITEM_ADDED.upcast]]
        from = 1
        rename.title = "txt"
    """
    return Diagnostic("unfit-step", f"{reason}.", place, hint=hint)


def idle_step(reason: str, place: Place, released: Place, hint: str) -> Diagnostic:
    """A step of an upcast changes nothing.

    `set` gives a field its value where an event has none; where every event of the version has one,
    it would never do anything. Probably another field or another step is meant.

    Example: `title` was required in version 1.

        [[events.ITEM_ADDED.upcast]]
        from = 1
        set.title = "untitled"
    """
    related = (Related("released like this", released),)
    return Diagnostic("idle-step", f"this step changes nothing: {reason}.", place, related, hint)
