"""Projections: the shape of their states, and what they are made of."""

from __future__ import annotations

from storyline_generator.compatibility.rule import Rule

RULES = (
    Rule(
        "B35",
        "changed-state",
        "error",
        "The state of a projection has another shape, and still the version of the old one.",
        "Stored states of the version would be read as if they had the new shape. States of "
        "another version are not read, but made anew from the events.",
        "Raise the version of the projection.",
        """
[projections.list]
version = 2                      # state.size is new
stream = "list"
state.size = { type = "int", default = 0 }
""",
    ),
    Rule(
        "B35",
        "changed-state-key",
        "error",
        "An event touches other states of a projection, which has still the old version.",
        "States that were saved contain the event where it belonged before, and would lack it "
        "where it belongs now.",
        "Raise the version of the projection.",
        """
[projections.student]
version = 2                      # it was key_of.STUDENTS_SWAPPED = "old_ids"
streams = ["student", "swap"]
key = "student_id"
key_of.STUDENTS_SWAPPED = "new_ids"
""",
    ),
    Rule(
        "B36",
        "more-events-in-state",
        "error",
        "A projection handles an event that it did not, and still has the old version.",
        "Rows of the event are stored already, and states that were saved do not contain them: "
        "they are brought on from where they are, and would lack the event for ever.",
        "Raise the version of the projection. An event that is new itself needs nothing.",
        """
[projections.list]
version = 2                      # ITEM_RENAMED is not ignored any more
stream = "list"
""",
    ),
    Rule(
        "B36",
        "other-rows-in-state",
        "error",
        "A projection reads other rows of an event, and still has the old version.",
        "States that were saved contain the rows that its filter found before, and are brought on "
        "from where they are: they would never be what the events say.",
        "Raise the version of the projection, or read a filter of another name.",
        """
[filters.large]
where.amount.gte = 500           # it was 1000

[projections.large_sums]
version = 2
streams = ["large"]
state.sum = { type = "int", default = 0 }
""",
    ),
    Rule(
        "B36",
        "fewer-events-in-state",
        "warning",
        "A projection does not handle an event any more, and still has the old version.",
        "States that were saved contain the event, and those made anew do not.",
        "Raise the version of the projection, or say in a comment that it never mattered.",
        """
[projections.list]
# storyline: ignore[fewer-events-in-state] it was handled by doing nothing
ignore = ["ITEM_RENAMED"]
""",
    ),
)
