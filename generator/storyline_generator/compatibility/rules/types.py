"""Fields of another type, and types with other bounds."""

from __future__ import annotations

from storyline_generator.compatibility.rule import Rule

_RUNNING = (
    "Old rows can be read. But in a rolling deploy old code runs on for a while, and would fail "
    "on events that new code writes."
)

RULES = (
    Rule(
        "B15",
        "widened-number",
        "warning",
        "A number can be more than it could: `int` → `float` or `decimal`, `float` → `decimal`.",
        f"{_RUNNING} Whole numbers beyond 2^53 lose digits as a `float`.",
        "Deploy the readers first, and say so. An index of the field is made anew.",
        """
[events.ITEM_ADDED]
# storyline: ignore[widened-number] readers are deployed first
fields.size = "decimal"          # it was "int"
""",
    ),
    Rule(
        "B16",
        "narrowed-number",
        "error",
        "A number can be less than it could: `float` → `int`, `decimal` → `int` or `float`.",
        "Rows have values that the new type lacks; even `3.0` is not read as a whole number.",
        "Add a field with another name, or begin a version whose upcast is code.",
        """
[events.ITEM_ADDED]
version = 2
upcast = [{ from = 1, code = true }]
fields.size = "int"              # it was "float"
""",
    ),
    Rule(
        "B17",
        "changed-type",
        "error",
        "A field is of a type that cannot read what rows have.",
        'Rows are read strictly: `"3"` is no number, and `"yes"` is not true.',
        "Add a field with another name, or begin a version whose upcast is code.",
        """
[events.ITEM_ADDED]
version = 2
upcast = [{ from = 1, code = true }]
fields.size = "int"              # it was "str"
""",
    ),
    Rule(
        "B18",
        "number-as-text",
        "error",
        "A field that was a number, or true or false, is text now.",
        "Rows have it without quotes, and such a value is not read as text.",
        'Begin a version whose upcast converts it: `convert.size = "to_str"`.',
        """
[events.ITEM_ADDED]
version = 2
upcast = [{ from = 1, convert.size = "to_str" }]
fields.size = "str"              # it was "int"
""",
    ),
    Rule(
        "B18",
        "value-as-text",
        "warning",
        "A field that had a form of its own is any text now: a date, a uuid, an enum, a decimal.",
        f"{_RUNNING} Order and equality are those of text from now on.",
        "Deploy the readers first, and say so.",
        """
[events.ITEM_ADDED]
# storyline: ignore[value-as-text] readers are deployed first
fields.due = "str"               # it was "date"
""",
    ),
    Rule(
        "B19",
        "date-as-datetime",
        "error",
        "A field that was a date is an instant now.",
        "Rows have no time of day, and none is guessed.",
        'Begin a version whose upcast says it: `convert.due = "midnight_utc"`.',
        """
[events.ITEM_ADDED]
version = 2
upcast = [{ from = 1, convert.due = "midnight_utc" }]
fields.due = "datetime"          # it was "date"
""",
    ),
    Rule(
        "B20",
        "naive-datetime",
        "allowed",
        "An instant without a zone.",
        "There is none: `datetime` is aware, and stored in UTC with a fixed width, so that text "
        "order is the order of time. Nothing can change from one to the other.",
        "There is nothing to do.",
        """
[events.ITEM_ADDED]
fields.at = "datetime"
""",
    ),
    Rule(
        "B21",
        "changed-cardinality",
        "error",
        "A field was one value and is several now, or the other way round.",
        "A row with one value has no list, and of a list nobody knows which one is meant.",
        'One to a list: a version with `convert.tag = "wrap"`. Else add a field, or use code.',
        """
[events.ITEM_ADDED]
version = 2
upcast = [{ from = 1, convert.tags = "wrap" }]
fields.tags = "list[str]"        # it was "str"
""",
    ),
    Rule(
        "B22",
        "list-as-set",
        "warning",
        "A list is a set now.",
        "What stands in a list twice is in the set once, and the order is lost when old rows are "
        "read. Elements are judged like fields.",
        "Say in a comment that neither matters.",
        """
[events.ITEM_ADDED]
# storyline: ignore[list-as-set] no tag was ever given twice
fields.tags = "set[str]"         # it was "list[str]"
""",
    ),
    Rule(
        "B22",
        "set-as-list",
        "allowed",
        "A set is a list now.",
        "Old rows are read in their stored order. Elements are judged like fields.",
        "There is nothing to do.",
        """
[events.ITEM_ADDED]
fields.tags = "list[str]"        # it was "set[str]"
""",
    ),
    Rule(
        "B23",
        "type-as-json",
        "warning",
        "A field can be anything now: it became `json`.",
        f"{_RUNNING} There are no other unions: an event that can be two things is two events.",
        "Deploy the readers first, and say so.",
        """
[events.ITEM_ADDED]
# storyline: ignore[type-as-json] readers are deployed first
fields.extra = "json"            # it was "map[str]"
""",
    ),
    Rule(
        "B27",
        "tighter-constraint",
        "error",
        "A bound is narrower than the values that rows have, and says that they keep it.",
        "What has been written within the old bound is stored. With `strict_history`, rows are "
        "read by the bound of today, and would be refused.",
        "Keep the old bound; or take `strict_history` away, and it binds what is made from now on.",
        """
[types]
Title = { base = "str", max_length = 80, strict_history = true }   # it was 200
""",
    ),
    Rule(
        "B27",
        "narrower-constraint",
        "allowed",
        "A bound is narrower than the values that rows have.",
        "It binds what is made from now on, by constructors and by validation of input. Rows are "
        "read by the loosest bound with which they were ever released.",
        "There is nothing to do. With `strict_history = true` it is an error.",
        """
[types]
Title = { base = "str", max_length = 80 }    # it was 200
""",
    ),
    Rule(
        "B28",
        "looser-constraint",
        "allowed",
        "A bound is wider than it was, or gone.",
        "Every stored value is within it.",
        "There is nothing to do.",
        """
[types]
Title = { base = "str", max_length = 400 }   # it was 200
""",
    ),
)
