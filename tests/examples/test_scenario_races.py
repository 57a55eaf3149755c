"""The rules of the examples, asked by many at once; then the log is judged.

`STORYLINE_RACE_ROUNDS` says how often. Each race is also run by clients that append whatever is
newer: there the judge must find something, or the callers have not met each other.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest

import courses_app.commands
from courses_app.facts import MOST_COURSES_PER_STUDENT
from courses_app.story.courses import (
    COURSES,
    CourseDefined,
    CourseId,
    StudentId,
    StudentSubscribed,
)
from scenarios_app import commands
from scenarios_app.story.invoices import INVOICES, InvoiceIssued, Series
from scenarios_app.story.orders import ORDERS, OrderId, OrderPlaced
from scenarios_app.story.orders import Token as FormToken
from scenarios_app.story.prices import PRICES, PriceSet, ProductId, ProductOrdered
from scenarios_app.story.sign_ups import SIGN_UPS, SignUpConfirmed, SignUpStarted, Token
from scenarios_app.story.usernames import (
    USERNAMES,
    AccountId,
    AccountOpened,
    Username,
    UsernameChanged,
)
from scenarios_app.validators.prices.order_product import GRACE
from storyline import (
    AsyncEventClient,
    Dsn,
    Event,
    EventClient,
    Query,
    QueryItem,
    Recorded,
    RefusedError,
    Story,
)

ROUNDS = int(os.environ.get("STORYLINE_RACE_ROUNDS", "20"))
RACERS = 8
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)

Log = Sequence[Recorded[Any]]


@dataclass(frozen=True)
class Race:
    """What has happened before each round, what each racer tries then, and what must not be."""

    story: Story
    before: Callable[[int], Sequence[Event]]
    attempt: Callable[[EventClient, int, int], object]
    wrong: Callable[[Log], Iterator[object]]


def account(round: int, racer: int) -> AccountId:
    return AccountId(f"{round}/{racer}")


def accounts_with_names_of_their_own(round: int) -> Sequence[Event]:
    return [
        AccountOpened(account_id=account(round, racer), username=f"r{round}_{racer}", at=NOON)
        for racer in range(1, RACERS, 2)
    ]


def take_the_same_name(client: EventClient, round: int, racer: int) -> None:
    """Half of them with a new account, the others give up the name that they have."""
    wanted, id = f"r{round}", account(round, racer)
    if racer % 2 == 0:
        commands.open_account(client, AccountOpened(account_id=id, username=wanted, at=NOON))
    else:
        mine = f"r{round}_{racer}"
        change = UsernameChanged(account_id=id, old_username=mine, new_username=wanted, at=NOON)
        commands.change_username(client, change)


def names_taken_twice(log: Log) -> Iterator[Username]:
    """Nobody gives up what all want, so it is taken once."""
    taken = Counter[Username]()
    for event in log:
        match event.data:
            case AccountOpened(username=name) | UsernameChanged(new_username=name):
                taken[name] += 1
            case _:
                continue
    yield from repeated(taken)


def repeated(counts: Mapping[Any, int]) -> Iterator[Any]:
    return (found for found, count in counts.items() if count > 1)


def issue_an_invoice(client: EventClient, round: int, racer: int) -> None:
    commands.issue_invoice(client, Series(str(round)), Decimal(racer))


def numbers_out_of_order(log: Log) -> Iterator[InvoiceIssued]:
    latest = Counter[Series]()
    for event in log:
        latest[event.data.series] += 1
        if event.data.number != latest[event.data.series]:
            yield event.data


def confirm(client: EventClient, round: int, _: int) -> None:
    commands.confirm_sign_up(client, SignUpConfirmed(token=Token(str(round)), at=NOON))


def tokens_used_twice(log: Log) -> Iterator[Token]:
    events = [event.data for event in log]
    yield from repeated(Counter(e.token for e in events if isinstance(e, SignUpConfirmed)))


def order(round: int, racer: int) -> OrderPlaced:
    return OrderPlaced(
        order_id=OrderId(f"{round}/{racer}"), token=FormToken(str(round)), article="tea"
    )


def forms_sent_twice(log: Log) -> Iterator[FormToken]:
    yield from repeated(Counter(event.data.token for event in log))


def price(round: int, amount: str, at: datetime = NOON) -> PriceSet:
    return PriceSet(product_id=ProductId(str(round)), price=Decimal(amount), at=at)


LATER = NOON + GRACE + timedelta(minutes=1)


def order_for_the_old_price(client: EventClient, round: int, racer: int) -> None:
    """One of them changes the price, which nobody can prevent."""
    if racer == 0:
        client.save_event(price(round, "3.00"))
        return
    product = ProductId(str(round))
    ordered = ProductOrdered(product_id=product, price=Decimal("2.00"), at=LATER)
    commands.order_product(client, ordered)


def orders_for_a_price_that_was_replaced(log: Log) -> Iterator[ProductOrdered]:
    prices: dict[ProductId, Decimal] = {}
    for event in log:
        match event.data:
            case PriceSet(product_id=product, price=amount):
                prices[product] = amount
            case _ if event.data.price != prices[event.data.product_id]:
                yield event.data
            case _:
                continue


RACES = {
    "user names": Race(
        USERNAMES, accounts_with_names_of_their_own, take_the_same_name, names_taken_twice
    ),
    "invoices": Race(INVOICES, lambda _: [], issue_an_invoice, numbers_out_of_order),
    "sign-ups": Race(
        SIGN_UPS,
        lambda round: [SignUpStarted(token=Token(str(round)), email="a@b.c", at=NOON)],
        confirm,
        tokens_used_twice,
    ),
    "orders": Race(
        ORDERS,
        lambda _: [],
        lambda client, round, racer: commands.place_order(client, order(round, racer)),
        forms_sent_twice,
    ),
    "prices": Race(
        PRICES,
        lambda round: [price(round, "2.00")],
        order_for_the_old_price,
        orders_for_a_price_that_was_replaced,
    ),
}


@pytest.mark.parametrize("name", RACES)
def test_whoever_races_keeps_the_rule(scenarios_dsn: str, name: str) -> None:
    log = raced(scenarios_dsn, RACES[name])
    assert list(RACES[name].wrong(log)) == []
    assert len(log) >= ROUNDS, "hardly anything happened"


@pytest.mark.parametrize("name", RACES)
def test_whoever_races_without_a_condition_breaks_the_rule(
    scenarios_dsn: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shows that the test above can fail."""
    monkeypatch.setattr(EventClient, "save_events_with_stream_validation", save_unconditionally)
    assert list(RACES[name].wrong(raced(scenarios_dsn, RACES[name])))


def save_unconditionally(client: EventClient, events: Sequence[Event], **_: Any) -> Log:
    return client.save_events(events)


def test_a_form_that_is_sent_by_many_at_once_is_one_order_for_all_of_them(
    scenarios_dsn: str,
) -> None:
    answers: dict[int, set[int]] = {round: set() for round in range(ROUNDS)}

    def send(client: EventClient, round: int, _: int) -> None:
        answers[round].add(commands.place_order_once(client, order(round, 0)).id)

    log = raced(scenarios_dsn, Race(ORDERS, lambda _: [], send, forms_sent_twice))
    assert [answers[round] for round in range(ROUNDS)] == [{event.id} for event in log]


def raced(dsn: str, race: Race) -> Log:
    start = Barrier(RACERS)

    def rounds_of(racer: int) -> None:
        for round in range(ROUNDS):
            if start.wait(60) == 0 and (before := race.before(round)):
                client.save_events(before)
            start.wait(60)
            with suppress(RefusedError):
                race.attempt(client, round, racer)

    with (
        EventClient(race.story, Dsn(dsn, min_size=RACERS)) as client,
        ThreadPoolExecutor(RACERS) as threads,
    ):
        list(threads.map(rounds_of, range(RACERS)))
        return client.get_event_stream(Query(QueryItem(race.story.events)))


PLACES = 3


@pytest.mark.parametrize("is_careful", [True, False])
def test_neither_courses_nor_students_nor_places_are_taken_too_often(
    courses_dsn: str, is_careful: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And without conditions they are, which shows that this can fail."""
    if not is_careful:
        save: Any = AsyncEventClient.save_events
        monkeypatch.setattr(
            AsyncEventClient,
            "save_events_with_stream_validation",
            lambda client, events, **_: save(client, events),
        )
    log = asyncio.run(subscribed(courses_dsn))
    students = Counter(event.data.student_id for event in log)
    places = Counter(event.data.course_id for event in log)
    pairs = Counter((event.data.course_id, event.data.student_id) for event in log)
    most = [max(counts.values()) for counts in (students, places, pairs)]
    if is_careful:
        assert most == [MOST_COURSES_PER_STUDENT, PLACES, 1]
    else:
        assert all(found > allowed for found, allowed in zip(most, [5, 3, 1], strict=True))


async def subscribed(dsn: str) -> Log:
    """In each round one student wants all courses, and many want the first, some of them twice."""
    async with AsyncEventClient(COURSES, Dsn(dsn, min_size=RACERS)) as client:
        for round in range(ROUNDS):
            courses = [CourseId(f"{round}/{number}") for number in range(7)]
            await client.save_events(
                [CourseDefined(course_id=id, title="x", capacity=PLACES) for id in courses]
            )
            wanted = [
                *((id, StudentId(f"{round}/eager")) for id in courses),
                *((courses[0], StudentId(f"{round}/{number // 2}")) for number in range(8)),
            ]
            outcomes = await asyncio.gather(
                *(courses_app.commands.subscribe_student(client, *pair) for pair in wanted),
                return_exceptions=True,
            )
            assert all(isinstance(found, RefusedError | None) for found in outcomes)
        return await client.get_event_stream(StudentSubscribed.where())
