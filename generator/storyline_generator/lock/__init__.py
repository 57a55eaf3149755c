"""The lock: what has been released, so that no change of the schema can forget what is stored.

`schemas/todo.lock.toml` stands beside the story and holds every shape that a stored event of it may
have. `storyline release` adds to it what is new; whatever it holds must stay readable; what it does
not hold yet may still change in any way.

*A fact a line.* A lock is a set of facts, each a path and a value, each on a line that needs no
other:

    events.ITEM_ADDED.1.fields.due_on.optional = true
    events.ITEM_ADDED.1.fields.due_on.type = "date"

It has no table headers and no order that means anything, and so git merges it (`merge=union`): the
union of what two branches have released is what has been released. The lines are sorted for people.
Nothing else is in it: no dates, no tool versions.

*A version stands for itself.* The types of the schema are written out in each field, under its
stored key: `type = "str"` and `max_length = 200`; a record has `fields`, an enum `values`, a list
an `item`. So a lock outlives the renaming of types, and two shapes are equal if their facts are. A
record within itself is `type = "outer"`, so many `levels` up.

*It only grows.* An event keeps all its versions. What one version may say without a new one (an
optional field, a value of an enum, a looser bound) is added to it; a field that is taken away stays
as one that rows have `sometimes`. Streams, filters and indexes are those of the last release.

In order: `tree` (facts as nested tables), `grammar` (which facts there are), `text` (tree ↔ file),
`freezing` (schema → tree), `releasing` (what was released, and what is now → what is then).
"""

from __future__ import annotations

from storyline_generator.lock.freezing import frozen
from storyline_generator.lock.releasing import news, released
from storyline_generator.lock.text import Lock, Past, lock_text, read_lock
from storyline_generator.lock.tree import Tree

__all__ = ["Lock", "Past", "Tree", "frozen", "lock_text", "news", "read_lock", "released"]
