"""The law: what a query means in Python, in SQL and in an append condition is the same.

Random events of every kind of field, absent ones included, against every operator.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storyline import Condition, ConflictError, EventClient, Query, QueryItem, Recorded
from storyline.testing.contract.story import FIELDS, LISTS, SAMPLE, Measured, Misread, Part

TEXT = st.sampled_from(
    ["", "a", "A", "b", "ab", "é", "\uffff", "\U0001f600", "10", "9", '"', "\\", "100%"]
)
NUMBERS = [
    "0",
    "-0.0",
    "1",
    "1.0",
    "1.50",
    "-1",
    "9",
    "10",
    "0.1",
    "0.30000000000000004",
    "1E+2",
    "100",
]
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": TEXT,
    "day": st.sampled_from([date(5, 1, 1), date(2026, 11, 23), date(2026, 11, 24)]),
    "moment": st.sampled_from(
        [datetime(800, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, 0, 0, 0, 5, tzinfo=UTC)]
    ),
    "whole": st.sampled_from([0, 1, -1, 9, 10, 2**70]),
    "real": st.sampled_from([0.0, -0.0, 0.1, 0.1 + 0.2, 0.3, 1.0, 1e300, 5e-324, -1.5]),
    "price": st.sampled_from(NUMBERS).map(Decimal),
    "flag": st.booleans(),
}
ELEMENTS: dict[str, st.SearchStrategy[Any]] = {
    "texts": TEXT,
    "wholes": VALUES["whole"],
    "prices": VALUES["price"],
    "flags": VALUES["flag"],
}
SCALARS_ONLY = ["eq", "neq", "in_", "nin"]
ORDERED = ["gt", "gte", "lt", "lte"]


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    name = draw(st.sampled_from([*FIELDS, *LISTS]))
    field = FIELDS[name] if name in FIELDS else LISTS[name]
    if draw(st.integers(0, 4)) == 0:
        return field.exists(draw(st.booleans()))
    if name in LISTS:
        return LISTS[name].contains(draw(ELEMENTS[name]))
    operator = draw(st.sampled_from(SCALARS_ONLY + (ORDERED if name != "flag" else [])))
    value = VALUES[name]
    operand = draw(st.lists(value, max_size=3) if operator in ("in_", "nin") else value)
    condition: Condition = getattr(field, operator)(operand)
    return condition


def measurements() -> st.SearchStrategy[Measured]:
    fields: dict[str, st.SearchStrategy[Any]] = {
        **VALUES,
        **{name: st.lists(element, max_size=3) for name, element in ELEMENTS.items()},
        "wholes": st.frozensets(ELEMENTS["wholes"], max_size=3),
        "part": st.builds(Part, name=TEXT),
    }
    return st.builds(Measured, **{name: st.none() | value for name, value in fields.items()})


@st.composite
def items(draw: st.DrawFn) -> QueryItem:
    """Of both types, unless about `whole`: it is a number in one of them, text in the other."""
    asked = draw(st.lists(conditions(), max_size=3))
    fit_both = all(condition.field.key != "whole" for condition in asked)
    types = [("MEASURED",), ("MEASURED", "MISREAD")] if fit_both else [("MEASURED",)]
    return QueryItem(draw(st.sampled_from(types)), *asked)


def queries() -> st.SearchStrategy[Query[Any]]:
    return st.lists(items(), max_size=3).map(query_of)


def query_of(some: list[QueryItem]) -> Query[Any]:
    return Query(*some)


@pytest.fixture
def client(sample_dsn: str) -> Iterator[EventClient]:
    with EventClient(SAMPLE, sample_dsn) as client:
        yield client


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    events=st.lists(measurements(), min_size=1, max_size=6),
    asked=st.lists(queries(), min_size=1, max_size=8),
)
def test_python_sql_and_append_condition_agree(
    client: EventClient, events: list[Measured], asked: list[Query[Any]]
) -> None:
    log: list[Recorded[Any]] = list(client.save_events(events))
    start = log[0].id - 1
    for query in asked:
        expected = [event for event in log if query.matches(event)]
        assert list(client.get_event_stream(query, after_id=start)) == expected
        assert list(client.get_history(query, after_id=start).events) == expected
        latest = client.get_latest_event(query)
        assert [latest] == expected[-1:] or (not expected and is_older(latest, start))
        assert conflicts(client, query, log, start) == expected


def is_older(event: Recorded[Any] | None, start: int) -> bool:
    return event is None or event.id <= start


def conflicts(
    client: EventClient, query: Query[Any], log: list[Recorded[Any]], start: int
) -> list[Recorded[Any]]:
    """Those that an append is refused for. If there are none, the log is longer by one."""
    try:
        saved = client.save_event_with_stream_validation(
            Misread(whole="x"), streams=[query], latest_event_id=start
        )
    except ConflictError as conflict:
        return list(conflict.events)
    log.append(saved)
    return []
