"""Logs to measure on: the same events in a story's tables and in a plain one."""

from __future__ import annotations

import psycopg
from psycopg import sql

EVENTS = 100_000
LISTS = EVENTS // 10
"""Ten events a list: every command reads ten."""
BATCH = 10_000


def prepare(dsn: str, events: int) -> None:
    """Fresh ones for every round."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(FRESH.format(events=events, lists=events // 10))
        connection.execute("vacuum analyze todo.events, plain")
        connection.execute("checkpoint")


FRESH = sql.SQL("""
    alter table todo.events disable trigger all;
    truncate todo.events;
    alter table todo.events enable always trigger events_are_facts;
    insert into todo.events (id, type, data)
    select n + 1,
        case when n < {events} / 2 then 'ITEM_ADDED' else 'ITEM_COMPLETED' end,
        jsonb_strip_nulls(jsonb_build_object(
            'list_id', 'list-' || n % {lists},
            'item_id', 'item-' || n % ({events} / 2) / {lists},
            'title', case when n < {events} / 2 then 'Milk' end
        ))
    from generate_series(0, {events} - 1) as n;
    update todo.heads set last_id = {events};
    drop table if exists plain, copied;
    create table plain (
        id bigint generated always as identity primary key,
        type text not null,
        data jsonb not null,
        created_at timestamptz not null default now()
    );
    insert into plain (type, data) select type, data from todo.events order by id;
    create index on plain (((data->>'list_id') collate "C"), id);
    create table copied (like todo.events including all);
""")
"""Ten events a list, five items added and then completed. `plain` is what a hand would write; into
`copied` go the log's own rows, with the log's own indexes."""
