"""What a query means, decided in Python alone."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

import pytest

from storyline import (
    ANY,
    Anything,
    Boolean,
    Condition,
    DecimalNumber,
    Event,
    ListOf,
    Number,
    Query,
    QueryItem,
    Recorded,
    Text,
    contains,
    eq,
    exists,
    gt,
    gte,
    in_,
    lt,
    lte,
    neq,
    nin,
)
from storyline.metadata import NO_METADATA


class Priced(Event, frozen=True):
    __type__: ClassVar[str] = "PRICED"

    name: str | None = None
    price: Decimal | None = None
    ratio: float | None = None
    tags: list[str] | None = None


class Other(Event, frozen=True):
    __type__: ClassVar[str] = "OTHER"


def query(*conditions: Condition) -> Query[Priced]:
    return Query(QueryItem(["PRICED"], *conditions))


NAME, PRICE, RATIO, TAGS = Text("name"), DecimalNumber("price"), Number("ratio"), Text("tags")


@pytest.mark.parametrize(
    ("condition", "event", "matches"),
    [
        (NAME.eq("a"), Priced(name="a"), True),
        (NAME.eq("a"), Priced(), False),
        (NAME.neq("a"), Priced(), True),
        (NAME.nin(["a"]), Priced(), True),
        (NAME.in_([]), Priced(name="a"), False),
        (NAME.nin([]), Priced(), True),
        (NAME.lt("b"), Priced(), False),
        (NAME.lt("a"), Priced(name="B"), True),
        (NAME.gt("\uffff"), Priced(name="\U0001f600"), True),
        (NAME.exists(False), Priced(), True),
        (PRICE.eq(Decimal("1.5")), Priced(price=Decimal("1.50")), True),
        (PRICE.gt(9), Priced(price=Decimal("10")), True),
        (RATIO.eq(Decimal("0.1")), Priced(ratio=0.1), True),
        (RATIO.lt(0.3), Priced(ratio=0.1 + 0.2), False),
        (ListOf(TAGS).contains("a"), Priced(tags=["b", "a"]), True),
        (ListOf(TAGS).contains("a"), Priced(), False),
        (ListOf(TAGS).exists(True), Priced(tags=[]), True),
        (Anything("tags").exists(True), Priced(), False),
    ],
)
def test_a_condition_holds_or_not(condition: Condition, event: Priced, matches: bool) -> None:
    assert query(condition).matches(event) is matches
    recorded = Recorded(1, "PRICED", event, datetime.now(UTC), NO_METADATA)
    assert query(condition).matches(recorded) is matches


def test_all_conditions_of_an_item_hold_and_any_item_is_enough() -> None:
    both = query(NAME.eq("a"), RATIO.gt(1))
    assert not both.matches(Priced(name="a", ratio=1))
    either = both | query(NAME.eq("b"))
    assert either.matches(Priced(name="b"))
    assert not either.matches(Other())
    assert not Query[Priced]().matches(Priced())


def test_queries_are_values() -> None:
    assert query(NAME.eq("a")) == query(NAME.eq("a"), NAME.eq("a"))
    assert len({query(NAME.eq("a")), query(NAME.eq("a")), query(NAME.eq("b"))}) == 2
    assert query(NAME.eq("a")) | query(NAME.eq("a")) == query(NAME.eq("a"))
    assert (query() | Query[Other](QueryItem(["OTHER"]))).types == ("PRICED", "OTHER")


def test_a_query_can_be_narrowed_to_some_types() -> None:
    both = Query[Priced | Other](QueryItem(["PRICED", "OTHER"]), QueryItem(["OTHER"], NAME.eq("a")))
    assert both.only("PRICED") == Query(QueryItem(["PRICED"]))
    assert both.only(Priced, Other) == both
    assert both.only() == Query()


def test_a_query_finds_rows_under_older_names_and_is_asked_by_either() -> None:
    item = QueryItem(["PRICED", "OTHER"], was={"COSTED": "PRICED", "GONE": "LOST"})
    both = Query[Priced | Other](item)
    assert item.stored_types == ("PRICED", "OTHER", "COSTED")
    assert both.types == ("PRICED", "OTHER")
    assert both.matches_stored("COSTED", {})
    assert not both.matches_stored("GONE", {})
    assert both.only("PRICED") == both.only("COSTED") == both.only(Priced)
    assert both.only(Priced).matches_stored("COSTED", {})
    assert both.only("OTHER") == Query(QueryItem(["OTHER"]))


@pytest.mark.parametrize(
    ("match", "conditions"),
    [
        (ANY, ()),
        ("a", (NAME.eq("a"),)),
        (eq("a"), (NAME.eq("a"),)),
        (neq("a"), (NAME.neq("a"),)),
        (in_(["a", "b"]), (NAME.in_(["a", "b"]),)),
        (nin(["a"]), (NAME.nin(["a"]),)),
        (gte("a") & lt("c"), (NAME.gte("a"), NAME.lt("c"))),
        (gt("a") & lte("c") & neq("b"), (NAME.gt("a"), NAME.lte("c"), NAME.neq("b"))),
        (exists(False), (NAME.exists(False),)),
    ],
)
def test_ad_hoc_operators_become_conditions(match: object, conditions: tuple[Any, ...]) -> None:
    assert NAME.matching(match) == conditions


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: NAME.eq(1),
        lambda: NAME.eq(None),
        lambda: NAME.in_("abc"),
        lambda: NAME.eq("a\0"),
        lambda: NAME.eq("\ud800"),
        lambda: NAME.matching(exists("yes")),  # type: ignore[arg-type]
        lambda: NAME.matching(contains("a")),
        lambda: RATIO.eq("1"),
        lambda: RATIO.eq(True),
        lambda: RATIO.gt(float("nan")),
        lambda: PRICE.eq(0.5),
        lambda: Boolean("flag").eq(1),
        lambda: Boolean("flag").matching(gt(True)),
        lambda: Anything("json").matching("a"),
        lambda: ListOf(TAGS).contains(1),
    ],
)
def test_a_value_that_a_field_cannot_have_is_a_type_error(wrong: Any) -> None:
    with pytest.raises(TypeError, match=r"`(name|ratio|price|flag|json|tags)`"):
        wrong()


def test_dates_and_ids_are_compared_as_they_are_stored() -> None:
    assert NAME.eq(date(5, 1, 2)).operand == "0005-01-02"
    assert NAME.eq(datetime(2026, 1, 1, tzinfo=UTC)).operand == "2026-01-01T00:00:00.000000Z"
    assert NAME.eq(UUID(int=1)).operand == "00000000-0000-0000-0000-000000000001"
    assert NAME.eq(b"\xff").operand == "/w=="
