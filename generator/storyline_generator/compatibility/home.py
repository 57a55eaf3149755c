"""Whose log it is, and in which PostgreSQL schema: both are written down in the database."""

from __future__ import annotations

from storyline_generator.compatibility.rule import Verdict, released_like_this
from storyline_generator.compatibility.rules import BY_CODE
from storyline_generator.lock import Past
from storyline_generator.lock.text import basic_string
from storyline_generator.schema import Schema


def moved_log(schema: Schema, then: Past) -> Verdict | None:
    """A renamed story is told of its name alone, as its PostgreSQL schema follows from that."""
    story, home = schema.story, schema.database_schema
    is_named = home != story
    kept = (("story", story, "story"), ("schema", home, "schema" if is_named else "story"))
    for fact, now, key in kept:
        before = then.tree.get(fact)
        if isinstance(before, str) and before != now:
            return Verdict(
                BY_CODE["moved-log"],
                f"the log was released with the {fact} `{before}`, which is `{now}` now.",
                (schema.place / key).value,
                released_like_this(then.place(fact)),
                f"write `{fact} = {basic_string(before)}`",
            )
    return None
