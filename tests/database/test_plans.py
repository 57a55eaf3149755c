"""PostgreSQL uses the index of every stream and filter that has one, on a log of 200,000 events.

For a read, for the latest event, and for what an append looks up behind a long tail; with the
values in the plan, with a plan for any values, and as PostgreSQL settles by itself.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from projects import command
from storyline import Query, Story
from storyline.folds import Seen
from storyline.migrations import migrate_up
from storyline.questions import Slice
from storyline.statements import Statement, event_stream

ROOT = Path(__file__).resolve().parents[2]
ROWS = 200_000
SLICES: Mapping[str, Slice] = {
    "read": Slice(),
    "latest": Slice(limit=1, latest_first=True),
    "behind a long tail": Slice(Seen(ROWS // 2), up_to_id=ROWS),
}
BY_VALUE = ("force_custom_plan",)
MODES = (*BY_VALUE, "force_generic_plan", "auto")

TODO = """
case when k = 0 then 'ITEM_ADDED' else 'ITEM_COMPLETED' end, jsonb_build_object(
    'list_id', 'l' || n % 20000, 'item_id', 'i' || n % 30000, 'title', 'x',
    'priority', (array['low', 'normal', 'high'])[n % 3 + 1],
    'due_on', to_char(date '2000-01-01' + n / 20, 'YYYY-MM-DD'))
"""
COURSES = """
case when k = 0 then 'COURSE_DEFINED' else 'STUDENT_SUBSCRIBED' end, jsonb_build_object(
    'course_id', 'c' || n % 20000, 'student_id', 's' || n % 30000, 'title', 'x',
    'capacity', n % 5000)
"""
CATALOGUE = """
case when k = 0 then 'ITEM_LISTED' else 'ITEM_SOLD' end, jsonb_build_object(
    'item_id', lpad(to_hex(v), 32, '0')::uuid, 'title', 't' || v, 'buyer', 'b' || v,
    'price', v || '.50', 'stock', v, 'weight', v + 0.5, 'special', n % 2 = 0,
    'rank', (array['low', 'high'])[n % 2 + 1], 'tags', array['tag' || v], 'sizes', array[v],
    'listed_on', to_char(date '2000-01-01' + v, 'YYYY-MM-DD'),
    'listed_at', to_char(timestamp '2000-01-01' + v * interval '1 hour', '{instant}'),
    'opens_at', to_char(time '00:00' + v * interval '1 second', 'HH24:MI:SS.US'),
    'lasts', 'P' || v || 'DT0.000000S', 'code', encode(v::text::bytea, 'base64'))
""".replace("{instant}", 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
FILL = """
insert into {schema}.events (id, type, data)
select n, {row} from (
    select n, n % 20000 as v, (n / 20000) % 2 as k from generate_series(1, {rows}) as n
) as numbered
"""


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalogue's code and migration."""
    folder = tmp_path_factory.mktemp("plans")
    (folder / "schemas").mkdir()
    (folder / "pyproject.toml").write_text('[tool.storyline]\npackage = "plans_app/story"\n')
    story = Path(__file__).with_name("plans.toml").read_text()
    (folder / "schemas/catalogue.toml").write_text(story)
    command(folder, "storyline", "generate")
    return folder


def indexes(connection: psycopg.Connection[Any], schema: str) -> Mapping[str, str]:
    found = connection.execute(
        "select indexname, indexdef from pg_indexes where schemaname = %s"
        " and indexname like 'events_by_%%'",
        [schema],
    )
    return dict(found.fetchall())


def filled(dsn: str, migrations: Path, schema: str, row: str) -> psycopg.Connection[Any]:
    """Indexes are made after the rows: that takes half as long."""
    migrate_up(dsn, migrations)
    connection = psycopg.connect(dsn, autocommit=True)
    made = indexes(connection, schema)
    for name in made:
        connection.execute(sql.SQL("drop index {}").format(sql.Identifier(schema, name)))
    connection.execute(FILL.format(schema=schema, row=row, rows=ROWS).encode())
    for definition in made.values():
        connection.execute(definition.encode())
    connection.execute(f"analyze {schema}.events".encode())
    return connection


def plan(connection: psycopg.Connection[Any], statement: Statement, mode: str) -> Any:
    """As it is after six executions, if PostgreSQL chooses."""
    text = statement.text.as_string(connection)
    for number in range(1, len(statement.parameters) + 1):
        text = text.replace("%s", f"${number}", 1)
    values = sql.SQL(", ").join(map(sql.Literal, statement.parameters))
    execute = sql.SQL("execute asked ({})").format(values)
    connection.execute(f"set plan_cache_mode = {mode}".encode())
    connection.execute(f"prepare asked as {text.replace('%%', '%')}".encode())
    try:
        for _ in range(6 if mode == "auto" else 0):
            connection.execute(execute)
        explain = sql.SQL("explain (format json) {}").format(execute)
        ((found,),) = connection.execute(explain).fetchall()
    finally:
        connection.execute("deallocate asked")
    return found


def nodes(plan: Any) -> Iterator[Mapping[str, Any]]:
    match plan:
        case list():
            for each in plan:
                yield from nodes(each)
        case dict():
            if "Node Type" in plan:
                yield plan
            for each in plan.values():
                yield from nodes(each)
        case _:
            pass


def scans(connection: psycopg.Connection[Any], statement: Statement, mode: str) -> set[str]:
    """The indexes by which events are found, or how they are found without one."""
    found = list(nodes(plan(connection, statement, mode)))
    used = {each["Index Name"] for each in found if "Index Name" in each}
    return used or {each["Node Type"] for each in found}


def complaints(
    connection: psycopg.Connection[Any], schema: str, queries: Mapping[str, Query[Any]]
) -> list[str]:
    """What is found without a declared index, and the indexes by which nothing is found."""
    found, used = [], set[str]()
    story = Story(schema, schema, schema, {})
    for name, query in queries.items():
        for slice_name, part in SLICES.items():
            statement = event_stream(story, query, part)
            for mode in BY_VALUE if statement.is_planned_by_value else MODES:
                by = scans(connection, statement, mode)
                used |= by
                if not any(index.startswith("events_by_") for index in by):
                    found.append(f"{name}, {slice_name}, {mode}: {sorted(by)}")
    unused = set(indexes(connection, schema)) - used
    return found + [f"nothing is found by {index}" for index in sorted(unused)]


def test_the_filters_of_the_todo_example_are_found_by_their_indexes(storyline_dsn: str) -> None:
    sys.path.insert(0, str(ROOT / "examples/todo"))
    story = import_module("todo_app.story.todo")
    queries = {
        "list_stream": story.list_stream(list_id="l7"),
        "one_item": story.one_item(list_id="l7", item_id="i7"),
        "urgent_items": story.urgent_items(before=date(2000, 1, 3)),
    }
    with filled(storyline_dsn, ROOT / "examples/todo/migrations", "todo", TODO) as connection:
        assert "\n".join(complaints(connection, "todo", queries)) == ""


def test_the_filters_of_the_courses_example_are_found_by_their_indexes(storyline_dsn: str) -> None:
    sys.path.insert(0, str(ROOT / "examples/courses"))
    story = import_module("courses_app.story.courses")
    queries = {
        "course_stream": story.course_stream(course_id="c7"),
        "student_stream": story.student_stream(student_id="s7"),
        "large_courses": story.large_courses(places=4999),
    }
    migrations = ROOT / "examples/courses/migrations"
    with filled(storyline_dsn, migrations, "courses", COURSES) as connection:
        assert "\n".join(complaints(connection, "courses", queries)) == ""


def test_filters_of_every_kind_are_found_by_their_indexes(
    storyline_dsn: str, generated: Path
) -> None:
    sys.path.insert(0, str(generated))
    filters = import_module("plans_app.story.catalogue.filters")
    day = date(2000, 1, 1) + timedelta(days=7)
    asked: Mapping[str, Mapping[str, Any]] = {
        "item_stream": {"item_id": UUID(int=7)},
        "by_title": {"title": "t7"},
        "by_titles": {"titles": ["t7", "t8"]},
        "by_price": {"price": Decimal("7.5")},
        "by_stock": {"stock": 7},
        "by_weight": {"weight": 7.5},
        "specials": {"title": "t7"},
        "by_day": {"day": day},
        "by_moment": {"moment": datetime(2000, 1, 1, 7, tzinfo=UTC)},
        "by_opening": {"time": time(0, 0, 7), "title": "t7"},
        "by_duration": {"duration": timedelta(7)},
        "by_code": {"code": b"7"},
        "tagged": {"tag": "tag7"},
        "sized": {"size": 7},
        "one_or_the_other": {"buyer": "b7", "title": "t7"},
        "dear": {"least": Decimal(19_990)},
    }
    queries = {name: getattr(filters, name)(**values) for name, values in asked.items()}
    with filled(storyline_dsn, generated / "migrations", "catalogue", CATALOGUE) as connection:
        assert "\n".join(complaints(connection, "catalogue", queries)) == ""
