"""Values of enums that come and go, and enums that open and close."""

from __future__ import annotations

from storyline_generator.compatibility.rule import Rule

RULES = (
    Rule(
        "B24",
        "new-enum-value",
        "warning",
        "A closed enum has a value that code of the last release does not know.",
        "Old rows can be read. But in a rolling deploy old code runs on for a while, and would "
        "fail on an event with the new value.",
        "Write the value when no old code runs any more, and say so; or begin with `open = true`.",
        """
[types]
# storyline: ignore[new-enum-value] nothing writes it before the next release
Priority = { enum = ["low", "high", "urgent"] }
""",
    ),
    Rule(
        "B24",
        "new-open-enum-value",
        "allowed",
        "An open enum has another value.",
        "Readers of an open enum meet values that they do not know, and keep them.",
        "There is nothing to do.",
        """
[types]
Country = { enum = ["de", "fr", "it"], open = true }
""",
    ),
    Rule(
        "B25",
        "removed-enum-value",
        "error",
        "An enum has lost a value that rows have.",
        "A stored value does not go away. It can be retired: read, and not written any more. Or "
        "an upcast gives it another name.",
        "Keep it in `retired`, or begin a version whose upcast maps it.",
        """
[types]
Priority = { enum = ["low", "high"], retired = ["urgent"] }
""",
    ),
    Rule(
        "B26",
        "closed-enum",
        "error",
        "An open enum is closed now.",
        "While it was open, anything could be stored, and nobody knows what was.",
        "Keep `open = true`.",
        """
[types]
Country = { enum = ["de", "fr"], open = true }
""",
    ),
    Rule(
        "B26",
        "opened-enum",
        "allowed",
        "A closed enum is open now.",
        "Old rows can be read. Old code would refuse values that it does not know, which nobody "
        "writes before there are any.",
        "There is nothing to do.",
        """
[types]
Country = { enum = ["de", "fr"], open = true }
""",
    ),
)
