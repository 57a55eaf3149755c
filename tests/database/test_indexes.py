"""Indexes serve the queries of the runtime, and no row can stand in their way."""

from pathlib import Path
from typing import Any

import pytest

from database.log_client import Log, event
from sample_story import ADDED, AMOUNT, ITEMS, field, filter_of, item, migration_sql, story
from storyline import DecimalNumber, Number, Query, QueryItem, Story
from storyline.questions import Slice
from storyline.statements import event_stream
from storyline_generator.schema import Operator, Scalar

PRICE = field("price", Scalar.DECIMAL)
SHOP = Story("shop", "shop", "shop", dict.fromkeys((*ITEMS, "NOTE_TAKEN"), ""))


@pytest.fixture
def migrations(tmp_path: Path) -> Path:
    numbers = (
        filter_of("amount", item(ITEMS, a=(AMOUNT, Operator.EQ))),
        filter_of("price", item(ITEMS, a=(PRICE, Operator.EQ))),
    )
    (tmp_path / "0001_shop.sql").write_text(migration_sql(story(*numbers)))
    return tmp_path


@pytest.fixture
def full_log(log: Log) -> Log:
    log.append(*(event(ITEMS[n % 2], amount=n, price=f"{n}.50") for n in range(2_000)))
    log.connection.execute("analyze shop.events")
    return log


def plan(log: Log, query: Query[Any]) -> str:
    statement = event_stream(SHOP, query, Slice())
    explain = b"explain " + statement.text.as_bytes(log.connection)
    return "\n".join(row for (row,) in log.connection.execute(explain, statement.parameters))


@pytest.mark.parametrize("types", [ITEMS, ADDED])
@pytest.mark.parametrize("number", [Number("amount"), DecimalNumber("price")])
def test_a_number_is_looked_up_whichever_of_its_events_are_asked_for(
    full_log: Log, number: Number, types: tuple[str, ...]
) -> None:
    query = Query[Any](QueryItem(types, number.eq(7)))
    assert f"events_by_{number.key}" in plan(full_log, query)


@pytest.mark.parametrize("value", ["1E+999999", "1" * 200_000, "many", "", {"a": 1}, [1], True])
def test_a_field_of_the_same_name_may_hold_anything_in_other_events(
    log: Log, value: object
) -> None:
    log.append(event("NOTE_TAKEN", amount=value, price=value), event(*ADDED, amount=5, price="5"))
    query = Query[Any](
        QueryItem(ADDED, Number("amount").gt(4), DecimalNumber("price").lt(6)),
        QueryItem(["NOTE_TAKEN"], DecimalNumber("price").lt(6)),
    )
    statement = event_stream(SHOP, query, Slice())
    found = log.connection.execute(statement.text, statement.parameters).fetchall()
    assert [row[0] for row in found] == [2]
