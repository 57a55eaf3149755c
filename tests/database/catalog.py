"""What a database consists of, without the numbers that differ from one creation to the next."""

from __future__ import annotations

from typing import Any

import psycopg

_OBJECTS = """
    select 'column', attrelid::regclass::text || '.' || attname,
        format_type(atttypid, atttypmod) || attnotnull::text
            || coalesce(pg_get_expr(adbin, adrelid), '')
    from pg_attribute
    join pg_class on pg_class.oid = attrelid
    left join pg_attrdef on adrelid = attrelid and adnum = attnum
    where relnamespace in (table ours) and attnum > 0
    union all
    select 'relation', oid::regclass::text, relkind::text || coalesce(reloptions::text, '')
    from pg_class where relnamespace in (table ours)
    union all
    select 'index', indexrelid::regclass::text, pg_get_indexdef(indexrelid)
    from pg_index join pg_class on pg_class.oid = indexrelid where relnamespace in (table ours)
    union all
    select 'constraint', conname, pg_get_constraintdef(oid)
    from pg_constraint where connamespace in (table ours)
    union all
    select 'function', oid::regprocedure::text, pg_get_functiondef(oid)
    from pg_proc where pronamespace in (table ours)
    union all
    select 'trigger', tgname, pg_get_triggerdef(pg_trigger.oid) || tgenabled::text
    from pg_trigger join pg_class on pg_class.oid = tgrelid where relnamespace in (table ours)
    union all
    select 'statistics', stxname, pg_get_statisticsobjdef(oid)
    from pg_statistic_ext where stxnamespace in (table ours)
    union all
    select 'schema', nspname, '' from pg_namespace where oid in (table ours)
"""

_OURS = """
    with ours as (
        select oid from pg_namespace
        where nspname not in ('pg_catalog', 'information_schema', 'pg_toast', 'storyline')
    )
"""


def catalog(dsn: str) -> list[tuple[Any, ...]]:
    """Every object of the database but the history of its migrations."""
    with psycopg.connect(dsn) as connection:
        return sorted(connection.execute(f"{_OURS} {_OBJECTS}".encode()).fetchall())
