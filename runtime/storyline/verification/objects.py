"""What protects a log and what serves its reads → what is missing of it, or switched off."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from psycopg import Connection

from storyline.rows import Row
from storyline.verification.log import Finding


class Wanted(NamedTuple):
    """What the schema declares, by name."""

    indexes: Collection[str]
    statistics: Collection[str]


def object_findings(connection: Connection[Row], schema: str, wanted: Wanted) -> Iterator[Finding]:
    yield from _trigger(connection, schema)
    yield from _indexes(connection, schema, wanted.indexes)
    found = {name for (name,) in connection.execute(_STATISTICS, [schema])}
    for name in sorted(set(wanted.statistics) - found):
        yield Finding("missing-statistics", f"The statistics `{name}` are missing.")


def _trigger(connection: Connection[Row], schema: str) -> Iterator[Finding]:
    row = connection.execute(_TRIGGER, [schema]).fetchone()
    if row is None:
        yield Finding("events-unprotected", "Nothing refuses to change events: no trigger does.")
    elif row[0] != "A":
        message = "The trigger that refuses to change events is not enabled for every session."
        yield Finding("events-unprotected", message)


def _indexes(
    connection: Connection[Row], schema: str, wanted: Collection[str]
) -> Iterator[Finding]:
    """By name and validity. A name says what it stands for: it ends in a hash of the definition.

    PostgreSQL prints definitions in its own words, which differ between its versions: comparing
    them would find no more than what somebody made by hand under a name of ours, and raise alarms.
    """
    found: dict[str, bool] = dict(connection.execute(_INDEXES, [schema]).fetchall())
    for name in sorted(set(wanted) - set(found)):
        yield Finding("missing-index", f"The index `{name}` is missing.")
    for name in sorted(name for name, is_valid in found.items() if not is_valid):
        message = f"The index `{name}` is invalid: it was not finished. Make it anew."
        yield Finding("invalid-index", message)


_TRIGGER = """
    select tgenabled::text from pg_trigger
    join pg_class on pg_class.oid = tgrelid
    join pg_namespace on pg_namespace.oid = relnamespace
    where nspname = %s and relname = 'events' and tgname = 'events_are_facts'
"""
_INDEXES = """
    select pg_class.relname::text, indisvalid and indisready from pg_index
    join pg_class on pg_class.oid = indexrelid
    join pg_namespace on pg_namespace.oid = relnamespace
    where nspname = %s
"""
_STATISTICS = """
    select stxname::text from pg_statistic_ext
    join pg_namespace on pg_namespace.oid = stxnamespace
    where nspname = %s
"""
