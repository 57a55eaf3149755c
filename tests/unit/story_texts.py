"""The todo story of the design, and how a text becomes what a stage wants."""

from __future__ import annotations

from storyline_generator.diagnostics import Diagnostic, collected
from storyline_generator.reading.document import Document, Node
from storyline_generator.reading.toml import parse
from storyline_generator.resolver import resolve
from storyline_generator.schema import Schema
from storyline_generator.source import Source

TODO = """\
story = "todo"
doc = "Shared to-do lists."

[types]
ListId = { id = "str", doc = "Identifies one list." }
ItemId = { id = "str", doc = "Identifies one item; unique across lists." }
Title = { base = "str", min_length = 1, max_length = 200 }
Priority = { enum = ["low", "normal", "high"] }

[types.Item]
doc = "One entry, as the read side shows it."
fields.item_id = "ItemId"
fields.title = "Title"
fields.created_at = "datetime"

[streams.list]
doc = "Everything that happens to one list."
key = "list_id"
fields.list_id = "ListId"

[events.LIST_CREATED]
doc = "Somebody started a list."
stream = "list"
fields.name = { type = "str", min_length = 1, max_length = 80 }

[events.ITEM_ADDED]
doc = "An item was put on the list."
stream = "list"
fields.item_id = "ItemId"
fields.title = "Title"
fields.due_on = "date?"
fields.priority = { type = "Priority", default = "normal" }

[events.ITEM_COMPLETED]
doc = "An item was ticked off."
stream = "list"
fields.item_id = "ItemId"

[events.ITEM_MARKED_INCOMPLETE]
doc = "A tick was taken back."
stream = "list"
fields.item_id = "ItemId"

[events.ITEM_REMOVED]
was = ["ITEM_DROPPED"]
doc = "An item was taken off the list."
stream = "list"
fields.item_id = "ItemId"

[filters.one_item]
doc = "What happened to one item of one list."
events = ["ITEM_ADDED", "ITEM_COMPLETED", "ITEM_MARKED_INCOMPLETE", "ITEM_REMOVED"]
where.list_id = "$list_id"
where.item_id = "$item_id"
index = true

[filters.urgent_items]
doc = "High-priority items due before a day, on any list."
events = ["ITEM_ADDED"]
where.priority = "high"
where.due_on.lt = "$before"
index = true

[projections.list]
doc = "What a user sees when opening a list."
version = 1
stream = "list"
state.name = { type = "str", default = "" }
state.incomplete = "list[Item]"
state.completed = "list[Item]"
state.removed = "list[Item]"
index = ["name"]

[[projections.list.example]]
doc = "Completing an item moves it."
given = [
  { LIST_CREATED = { list_id = "l1", name = "Home" } },
  { ITEM_ADDED = { list_id = "l1", item_id = "i1", title = "Milk" } },
  { ITEM_COMPLETED = { list_id = "l1", item_id = "i1" } },
]
then.name = "Home"
then.incomplete = []

[validators.add_item]
doc = "At most three open items on one list."
stream = "list"
emits = ["ITEM_ADDED"]
"""


def document(text: str) -> Document:
    source = Source("story.toml", text)
    tables, diagnostics = collected(parse(source))
    assert tables is not None, diagnostics
    return Document(tables, source)


def resolved(text: str) -> Schema:
    """The schema of a story without mistakes."""
    resolution = resolve(document(text))
    assert not resolution.diagnostics
    return resolution.schema


def node(value: object) -> Node:
    """A value by itself, as if it stood in a story."""
    return Node(Document({}, Source("story.toml", "")), (), value)


def messages(diagnostics: tuple[Diagnostic, ...]) -> list[str]:
    return [diagnostic.message for diagnostic in diagnostics]
