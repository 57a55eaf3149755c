"""Events that come, go, or get another name or version."""

from __future__ import annotations

from storyline_generator.compatibility.rule import Rule

RULES = (
    Rule(
        "B01",
        "new-event",
        "allowed",
        "An event is new.",
        "No stored row is of its type. Running code of the last release asks only for the types "
        "that it knows, so it never meets the new one.",
        "Projections and validators that should handle it become abstract until they do.",
        """
[events.ITEM_MOVED]
stream = "list"
""",
    ),
    Rule(
        "B29",
        "renamed-event",
        "error",
        "An event seems to have another name now, and does not say so.",
        "Stored rows have the old name as their type. Without it, nobody reads or finds them.",
        "The new name says the old one: `was`.",
        """
[events.ITEM_PUT]                # released as ITEM_ADDED
was = ["ITEM_ADDED"]
stream = "list"
""",
    ),
    Rule(
        "B29",
        "announced-event-rename",
        "warning",
        "An event has another name now, and says so.",
        "Rows are read and found under either name. But running code of the last release asks only "
        "for the names that it knows, and would decide without events of the new one.",
        "Deploy all at once, or the readers first; then say so in a comment.",
        """
[events.ITEM_PUT]
# storyline: ignore[announced-event-rename] we deploy with a short stop
was = ["ITEM_ADDED"]
stream = "list"
""",
    ),
    Rule(
        "B30",
        "removed-event",
        "error",
        "An event that has been released is gone from the story.",
        "Its rows are still in databases, and whoever reads them would fail. An event that "
        "nobody records any more is `retired`: it can be read, and not be written.",
        "Put it back, with `retired = true`.",
        """
[events.ITEM_ADDED]
retired = true
stream = "list"
""",
    ),
    Rule(
        "B37",
        "newer-version",
        "warning",
        "An event has a version that the last release does not know.",
        "Old code that still runs refuses events of a newer version, rather than guess what they "
        "mean. In a rolling deploy, old and new code run side by side for a while.",
        "Deploy the readers of these events first, or all at once; then say so in a comment.",
        """
[events.ITEM_ADDED]
# storyline: ignore[newer-version] we deploy with a short stop
version = 2
""",
    ),
)
