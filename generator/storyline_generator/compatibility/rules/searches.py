"""Streams, filters and indexes: whether old rows are still found, and how fast."""

from __future__ import annotations

from storyline_generator.compatibility.rule import Rule

RULES = (
    Rule(
        "B31",
        "unfindable-field",
        "error",
        "A filter asks about a field that it would not find in all released rows.",
        "PostgreSQL compares what is stored, before any upcast. Storyline spells the question so "
        "that it fits every version: other keys, and the value of rows without one. Where that "
        "cannot be done, old rows would silently not be found.",
        "Ask about another field, or keep the old field and add a new one.",
        """
[filters.urgent]                 # the values of `priority` were mapped by an upcast
events = ["ITEM_ADDED"]
where.priority = "high"
""",
    ),
    Rule(
        "B32",
        "changed-stream-key",
        "error",
        "The key of a stream is another field now, or of another type.",
        "The key says which events belong together. With another one, stored events are in other "
        "streams than new ones: rules would not see them, and projections begin anew.",
        "Begin a new stream. If only the name has changed, the field says so with `was`.",
        """
[streams.list]
key = "board_id"
fields.board_id = { type = "str", was = ["list_id"] }
""",
    ),
    Rule(
        "B33",
        "lost-index",
        "warning",
        "A filter, or a projection, loses the index that served it.",
        "It finds the same, and reads the whole log to do so.",
        "Put `index` back, or say in a comment that it is asked rarely.",
        """
[filters.urgent]
events = ["ITEM_ADDED"]
where.priority = "high"
index = false                    # it was true
""",
    ),
    Rule(
        "B34",
        "new-index",
        "allowed",
        "An index is new, or of another form.",
        "What was applied to databases is never written anew: a later migration makes the index.",
        "There is nothing to do but to migrate.",
        """
[filters.urgent]
events = ["ITEM_ADDED"]
where.priority = "high"
index = true
""",
    ),
    Rule(
        "B39",
        "moved-log",
        "error",
        "The story, or the PostgreSQL schema of its log, is called otherwise.",
        "Stored events are in the tables of the schema that was released, and these say whose they "
        "are. Nothing moves them: a story of another name would begin with an empty log.",
        "Keep both names. What people read may change in `doc`.",
        """
story = "todo"
schema = "todo"                  # it was always there, and stays
""",
    ),
)
