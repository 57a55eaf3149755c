"""Mistakes in values: what does not fit its type."""

from __future__ import annotations

from storyline_generator.diagnostics import Diagnostic, Place


def unfit_value(reason: str, place: Place, hint: str = "") -> Diagnostic:
    """A default, a constant or a value of an example does not fit its type.

    Values are checked when code is generated, so that no default can ever break the writing of an
    event, and no filter can compare with something that its field never holds.

    Example: `urgent` is not one of the enum's values.

        [types]
        Priority = { enum = ["low", "normal", "high"] }

        [events.ITEM_ADDED]
        stream = "list"
        fields.priority = { type = "Priority", default = "urgent" }
    """
    return Diagnostic("unfit-value", f"{reason}.", place, hint=hint)


def unfit_default(name: str, place: Place) -> Diagnostic:
    """An optional field has a default.

    An optional field (`T?`) is absent unless it is given, and a default would say the opposite.

    Example:

        [events.ITEM_ADDED]
        fields.due_on = { type = "date?", default = 2026-01-01 }
    """
    message = f"`{name}` is optional, so it cannot have a default."
    return Diagnostic("unfit-default", message, place, hint="leave out the default or the `?`")
