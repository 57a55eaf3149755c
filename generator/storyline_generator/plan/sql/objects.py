"""A schema → the objects of its log in PostgreSQL, each with the SQL that makes and drops it.

Every object is one file in `templates/migration/`: what makes it, a line `-- down`, what drops it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

from storyline_generator.immutable import immutable
from storyline_generator.plan.sql.indexes import IndexPlan, index_plans
from storyline_generator.plan.sql.text import dollar_quote, identifier, literal
from storyline_generator.printing import printed
from storyline_generator.schema import Schema

PROTOCOL = (
    ("function", "refuse_change"),
    ("table", "events"),
    ("table", "heads"),
    ("table", "commands"),
    ("table", "projections"),
    ("table", "projection_builds"),
    ("index", "one_active_build"),
    ("index", "one_building_build"),
    ("table", "projection_shards"),
    ("table", "parked_events"),
    ("table", "projectors"),
    ("function", "append_in_transaction"),
    ("function", "append"),
)
"""Of every log, in the order in which they are made. An object may need those before it."""

LONGEST_TAIL = 1000
"""Newer events that an append looks through itself; of more, the client looks by an index."""

MOST_CONFLICT_BYTES = 1_000_000
"""As stored, so perhaps a hundred times as much unpacked; a JSON value may have 256 MB."""

_COMMENT = re.compile(r"^--.*\n", re.MULTILINE)
"""At the start of a line: those in the body of a function belong to it, and are indented."""


class SqlObject(NamedTuple):
    """`name` is without quotes; one name may be that of an index and of its statistics."""

    kind: str
    name: str
    up: str
    down: str

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, self.name

    @property
    def signature(self) -> str:
        """Of a function: what `create or replace` must leave as it is."""
        return self.definition.partition("\nlanguage ")[0]

    @property
    def definition(self) -> str:
        """What makes it, without the comments around it: two of these are one and the same."""
        return _COMMENT.sub("", self.up)


class _Log(NamedTuple):
    """What the templates of the protocol print."""

    schema: str
    """Quoted; every object is written with it, so no `search_path` decides what is meant."""
    name: str
    """A literal: the comment by which clients know whose log it is."""
    channel: str
    """A literal: on which an append tells whoever waits for it."""
    body_quote: str
    longest_tail: int = LONGEST_TAIL
    most_conflict_bytes: int = MOST_CONFLICT_BYTES


@immutable
class _OfIndex:
    """What the templates of an index and of its statistics print."""

    schema: str
    name: str
    index: IndexPlan


def wanted_objects(schema: Schema) -> tuple[SqlObject, ...]:
    """All objects that the story's log consists of, in the order in which they can be made."""
    return (*_protocol(schema), *_indexes(schema))


def _protocol(schema: Schema) -> Iterator[SqlObject]:
    quoted = identifier(schema.database_schema)
    name = literal(f"The log of story {schema.story}")
    channel = literal(_channel(schema.database_schema))
    log = _Log(quoted, name, channel, dollar_quote(quoted + channel))
    if schema.database_schema != "public":  # which is everybody's: neither created nor dropped
        yield _object("schema", schema.database_schema, "schema", log)
    for kind, each in PROTOCOL:
        yield _object(kind, each, each, log)


def _channel(database_schema: str) -> str:
    """The runtime has another of these. A name may have 63 bytes."""
    name = f"storyline_{database_schema}"
    if len(name.encode()) < 64:
        return name
    return f"storyline_{sha256(database_schema.encode()).hexdigest()[:32]}"


def _indexes(schema: Schema) -> Iterator[SqlObject]:
    quoted = identifier(schema.database_schema)
    for index in index_plans(schema):
        content = _OfIndex(quoted, identifier(index.name), index)
        yield _object("index", index.name, "index", content)
        if index.statistics:
            yield _object("statistics", index.name, "statistics", content)


def _object(kind: str, name: str, template: str, plan: object) -> SqlObject:
    up, down = printed(f"migration/{template}.sql.jinja", plan).split("\n-- down\n")
    return SqlObject(kind, name, up.rstrip(), down.rstrip())
