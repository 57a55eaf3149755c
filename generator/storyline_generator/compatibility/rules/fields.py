"""Fields that come, go, or may be absent; their names and their defaults."""

from __future__ import annotations

from storyline_generator.compatibility.rule import Rule

RULES = (
    Rule(
        "B02",
        "new-optional-field",
        "allowed",
        "A field is new, and may be absent.",
        "Old rows are read with None. Of the operators, only `neq`, `nin` and `exists = false` "
        "find rows without it.",
        "There is nothing to do.",
        """
[events.ITEM_ADDED]
fields.note = "str?"
""",
    ),
    Rule(
        "B03",
        "new-field-with-default",
        "allowed",
        "A field is new, and has a default.",
        "Old rows are read with the default; filters and indexes count rows without the field as "
        "if they had it: `coalesce(data->>'priority', 'normal')`.",
        "There is nothing to do.",
        """
[events.ITEM_ADDED]
fields.priority = { type = "str", default = "normal" }
""",
    ),
    Rule(
        "B04",
        "new-required-field",
        "error",
        "A field is new and must be given, so that old rows, which lack it, cannot be read.",
        "Events are kept for ever: rows of every released version are in databases.",
        "Give it a default, make it optional, or begin a version whose upcast sets it.",
        """
[events.ITEM_ADDED]
version = 2
upcast = [{ from = 1, set.author = "nobody" }]
fields.author = "str"
""",
    ),
    Rule(
        "B05",
        "removed-optional-field",
        "allowed",
        "A field that could be absent is gone.",
        "Readers ignore what they do not know. The lock keeps the name and its type, since old "
        "rows have it: it cannot come back as something else.",
        "There is nothing to do.",
        """
[events.ITEM_ADDED]
fields.title = "str"             # fields.note = "str?" was here
""",
    ),
    Rule(
        "B06",
        "removed-required-field",
        "warning",
        "A field is gone that code of the last release needs.",
        "Old rows can be read. But in a rolling deploy old code runs on for a while, and would "
        "fail on events that new code writes without the field.",
        "Release it as optional first, then take it away; or deploy all at once and say so.",
        """
[events.ITEM_ADDED]
# storyline: ignore[removed-required-field] we deploy with a short stop
fields.title = "str"             # fields.author = "str" was here
""",
    ),
    Rule(
        "B07",
        "reused-field-name",
        "error",
        "A name that an event has had, and lost, comes back for something else.",
        "Rows from before have the old values under this name, and they would be read as new ones.",
        "Take another name, or drop the old values in the upcast of the version that has them.",
        """
[events.ITEM_ADDED]
fields.size = "str"              # it was "int" two releases ago
""",
    ),
    Rule(
        "B08",
        "unannounced-rename",
        "error",
        "A field seems to have another name now, and does not say so.",
        "Stored rows have the old name. Without it the value is lost, or missing.",
        "The field says under which names rows have it: `was`. It goes on saying so.",
        """
[events.ITEM_ADDED]
fields.title = { type = "str", was = ["text"] }
""",
    ),
    Rule(
        "B08",
        "possible-rename",
        "warning",
        "A field that may be absent is gone, and one of just the same shape is new.",
        "If they are the same field, old values are silently not read any more. If they are not, "
        "nothing is lost.",
        "Add `was` to the new field, or say in a comment that it is another one.",
        """
[events.ITEM_ADDED]
fields.remark = "str?"           # fields.note = "str?" was here
""",
    ),
    Rule(
        "B08",
        "changed-wire",
        "error",
        "All stored keys are spelled in another way: `wire` has changed.",
        "Rows have `list_id` where new code looks for `listId`, or the other way round, in every "
        "field of every event.",
        "Keep `wire` as it was released.",
        """
wire = "camel"                   # released without
""",
    ),
    Rule(
        "B09",
        "announced-rename",
        "allowed",
        "A field has another name now, and says so.",
        "Rows are read under either name, and filters ask for both: `coalesce(data->>'title', "
        "data->>'text')`. Running code of the last release knows the old name only.",
        "There is nothing to do; no new version is needed.",
        """
[events.ITEM_ADDED]
fields.title = { type = "str", was = ["text"] }
""",
    ),
    Rule(
        "B10",
        "reordered-fields",
        "allowed",
        "Fields stand in another order, or have another `doc`.",
        "Nothing that is stored depends on either, so nothing is said of it.",
        "There is nothing to do.",
        """
[events.ITEM_ADDED]
doc = "An item was put on the list."
""",
    ),
    Rule(
        "B11",
        "newly-optional-field",
        "warning",
        "A field may be absent now that code of the last release needs.",
        "Old rows can be read. But in a rolling deploy old code runs on for a while, and would "
        "fail on events that new code writes without the field.",
        "Go on giving it until no old code runs, and say so in a comment.",
        """
[events.ITEM_ADDED]
# storyline: ignore[newly-optional-field] nothing leaves it out before December
fields.title = "str?"
""",
    ),
    Rule(
        "B12",
        "newly-required-field",
        "error",
        "A field must be given now, and some stored rows lack it.",
        "Events are kept for ever: rows of every released version are in databases.",
        "Keep it optional, give it a default, or begin a version whose upcast sets it.",
        """
[events.ITEM_ADDED]
version = 2
upcast = [{ from = 1, set.note = "" }]
fields.note = "str"              # it was "str?"
""",
    ),
    Rule(
        "B13",
        "nullable-field",
        "allowed",
        "A field may be null.",
        "There is one notion only: `T?` may be absent or null, and is written as absent. So "
        "there is no change from one to the other; `?` itself is judged as B11 and B12.",
        "There is nothing to do.",
        """
[events.ITEM_ADDED]
fields.note = "str?"
""",
    ),
    Rule(
        "B14",
        "changed-default",
        "error",
        "A default is another one now, and old rows without the field would change their meaning.",
        "A row that lacks the field means the default of its time. With another default, history "
        "reads differently, and filters find other rows.",
        "Begin a version whose upcast sets the old default.",
        """
[events.ITEM_ADDED]
version = 2
upcast = [{ from = 1, set.priority = "normal" }]
fields.priority = { type = "str", default = "low" }
""",
    ),
)
