"""Saved states are found, sorted and paged by their indexes, however many there are."""

import re
from collections.abc import Sequence
from typing import Any

import pytest

from database.log_client import Log
from sample_story import migration_sql, story
from storyline import ListOf, Number, SavedProjection, State, StateOrder, StateQuery, Story, Text
from storyline.fields import Condition, Ordered
from storyline.questions import StatePage
from storyline.state_statements import count_states, find_states
from storyline.statements import Statement

SHOP = Story("shop", "shop", "shop", {})
NAME, TOTAL = Text("name"), Number("total")
FILL = """
insert into shop.projections (type, id, version, latest_event_id, data)
select kind, kind || n, 1, n, case n % 10 when 0 then '{}' else jsonb_build_object(
    'name', 'name ' || n % 50000, 'total', n % 1000, 'tags', array['tag ' || n % 20000]
) end from generate_series(1, 100000) as n, unnest(array['list', 'other']) as kind
"""


class ListState(State, frozen=True):
    name: str | None = None
    total: int | None = None
    tags: list[str] | None = None


@pytest.fixture
def migrations(tmp_path: Any) -> Any:
    (tmp_path / "0001_shop.sql").write_text(migration_sql(story()))
    return tmp_path


@pytest.fixture
def full(log: Log) -> Log:
    """200,000 states, half of them of another projection."""
    log.connection.execute(FILL)
    log.connection.execute("analyze shop.projections")
    return log


def rows_touched(log: Log, statement: Statement) -> tuple[str, int]:
    """The plan, and the most rows that any part of it went through."""
    explain = b"explain (analyze, timing off, costs off) "
    text = explain + statement.text.as_bytes(log.connection)
    plan = "\n".join(row for (row,) in log.connection.execute(text, statement.parameters))
    counted = re.findall(r"actual rows=([0-9.]+)|Rows Removed by Filter: (\d+)", plan)
    return plan, max(int(float(one or other)) for one, other in counted)


def page(
    order: Ordered | None, *, after: SavedProjection[Any] | None = None, descending: bool = False
) -> StatePage:
    return StatePage(StateOrder(order, descending), 20, after)


def saved(id: str, state: State) -> SavedProjection[Any]:
    return SavedProjection("list", id, 1, 1, state)


DEEP = saved("list77777", ListState(name="name 27777", total=777))
ABSENT = saved("list50000", ListState())


PAGES: tuple[tuple[str, Sequence[Condition], StatePage], ...] = (
    ("name", [NAME.eq("name 7")], page(None)),
    ("name", [NAME.eq("name 7")], page(NAME)),
    ("name", [NAME.gt("name 3"), NAME.lt("name 4")], page(NAME)),
    ("name", [NAME.exists(False)], page(NAME)),
    ("name", [], page(NAME)),
    ("name", [], page(NAME, after=DEEP)),
    ("name", [], page(NAME, after=DEEP, descending=True)),
    ("name", [], page(NAME, after=ABSENT)),
    ("name", [], page(NAME, after=ABSENT, descending=True)),
    ("total", [TOTAL.eq(777)], page(TOTAL, after=DEEP)),
    ("total", [TOTAL.gte(990)], page(TOTAL, descending=True)),
    ("tags", [ListOf(Text("tags")).contains("tag 7")], page(None)),
)
"""The index, what is asked, and which page."""


def test_a_page_costs_what_it_holds(full: Log) -> None:
    """One test, as it takes long to fill the table."""
    for index, where, asked in PAGES:
        plan, touched = rows_touched(full, find_states(SHOP, "list", 1, StateQuery(*where), asked))
        assert f"projections_by_list__{index}" in plan, plan
        assert "Seq Scan" not in plan, plan
        assert touched <= 50, plan
    count_by_total(full)
    page_by_id(full)


def count_by_total(full: Log) -> None:
    plan, touched = rows_touched(full, count_states(SHOP, "list", 1, StateQuery(TOTAL.eq(777))))
    assert "projections_by_list__total" in plan, plan
    assert touched <= 200, plan


def page_by_id(full: Log) -> None:
    after = saved("list777", ListState())
    statement = find_states(SHOP, "list", 1, StateQuery(), page(None, after=after))
    plan, touched = rows_touched(full, statement)
    assert "projections_pkey" in plan, plan
    assert touched <= 20, plan
