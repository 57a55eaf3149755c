"""The rules of `examples/scenarios`, one caller at a time: what they allow, and what they refuse.

Each is seen to fail when its query is too narrow: then it lets through what it should refuse.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from scenarios_app import commands
from scenarios_app.names import RETENTION
from scenarios_app.story.invoices import INVOICES, InvoiceIssued, Series
from scenarios_app.story.orders import ORDERS, OrderId, OrderPlaced, order_stream
from scenarios_app.story.orders import Token as FormToken
from scenarios_app.story.prices import PRICES, PriceSet, ProductId, ProductOrdered
from scenarios_app.story.sign_ups import SIGN_UPS, SignUpConfirmed, SignUpStarted, Token
from scenarios_app.story.usernames import (
    USERNAMES,
    AccountClosed,
    AccountId,
    AccountOpened,
    UsernameChanged,
    account_stream,
)
from scenarios_app.validators.invoices.issue_invoice import IssueInvoiceValidator
from scenarios_app.validators.orders.place_order import PlaceOrderValidator
from scenarios_app.validators.prices.order_product import GRACE, OrderProductValidator
from scenarios_app.validators.sign_ups.confirm_sign_up import (
    TIME_TO_CONFIRM,
    ConfirmSignUpValidator,
)
from scenarios_app.validators.usernames.change_username import ChangeUsernameValidator
from scenarios_app.validators.usernames.open_account import OpenAccountValidator
from storyline import (
    CommandReusedError,
    Event,
    EventClient,
    MultiStreamValidator,
    Query,
    RefusedError,
    SingleStreamValidator,
    Story,
)
from storyline.testing import InMemoryEventClient, given

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
ADA, BOB = AccountId("account of ada"), AccountId("account of bob")
YEAR = Series("2026")
TEA = ProductId("tea")


def opened(account: AccountId, name: str, at: datetime = NOON) -> AccountOpened:
    return AccountOpened(account_id=account, username=name, at=at)


def changed(account: AccountId, old: str, new: str, at: datetime = NOON) -> UsernameChanged:
    return UsernameChanged(account_id=account, old_username=old, new_username=new, at=at)


def closed(account: AccountId, name: str, at: datetime = NOON) -> AccountClosed:
    return AccountClosed(account_id=account, username=name, at=at)


def invoice(number: int) -> InvoiceIssued:
    return InvoiceIssued(series=YEAR, number=number, amount=Decimal(100))


def started(at: datetime = NOON) -> SignUpStarted:
    return SignUpStarted(token=Token("t1"), email="ada@example.org", at=at)


def confirmed(at: datetime = NOON) -> SignUpConfirmed:
    return SignUpConfirmed(token=Token("t1"), at=at)


def placed(order: str, article: str = "tea") -> OrderPlaced:
    return OrderPlaced(order_id=OrderId(order), token=FormToken("form 1"), article=article)


def price(amount: str, at: datetime = NOON) -> PriceSet:
    return PriceSet(product_id=TEA, price=Decimal(amount), at=at)


def ordered(amount: str, at: datetime = NOON) -> ProductOrdered:
    return ProductOrdered(product_id=TEA, price=Decimal(amount), at=at)


def log_of(story: Story, *events: Event) -> EventClient:
    """In which these have happened."""
    client = InMemoryEventClient(story)
    if events:
        client.save_events(events)
    return client


ONCE = "A token that was sent is brought back once."


def test_a_name_that_somebody_has_cannot_be_taken() -> None:
    client = log_of(USERNAMES, opened(ADA, "ada"))
    with pytest.raises(RefusedError):
        commands.open_account(client, opened(BOB, "ada"))
    commands.open_account(client, opened(BOB, "bob"))
    with pytest.raises(RefusedError):
        commands.change_username(client, changed(BOB, "bob", "ada"))


def test_a_change_takes_one_name_and_frees_the_other_after_some_days() -> None:
    client = log_of(USERNAMES, opened(ADA, "ada"))
    commands.change_username(client, changed(ADA, "ada", "lovelace"))
    free = NOON + RETENTION + MOMENT
    for name, at in [("lovelace", free), ("ada", NOON + MOMENT), ("ada", NOON + RETENTION)]:
        with pytest.raises(RefusedError):
            commands.open_account(client, opened(BOB, name, at))
    commands.open_account(client, opened(BOB, "ada", free))


def test_a_closed_account_frees_its_name_after_some_days() -> None:
    client = log_of(USERNAMES, opened(ADA, "ada"))
    commands.close_account(client, closed(ADA, "ada"))
    with pytest.raises(RefusedError):
        commands.open_account(client, opened(BOB, "ada", NOON + RETENTION))
    commands.open_account(client, opened(BOB, "ada", NOON + RETENTION + MOMENT))


def test_nobody_gives_up_the_name_of_another() -> None:
    client = log_of(USERNAMES, opened(ADA, "ada"), opened(BOB, "bob"))
    with pytest.raises(RefusedError):
        commands.close_account(client, closed(BOB, "ada"))
    with pytest.raises(RefusedError):
        commands.change_username(client, changed(BOB, "ada", "eve"))


def test_invoices_are_numbered_from_one_in_each_series() -> None:
    client = log_of(INVOICES, invoice(1), invoice(2))
    assert commands.issue_invoice(client, YEAR, Decimal(5)).number == 3
    assert commands.issue_invoice(client, Series("2027"), Decimal(5)).number == 1


@pytest.mark.parametrize("number", [1, 2, 4])
def test_no_number_is_left_out_or_used_again(number: int) -> None:
    before = given(INVOICES, [invoice(1), invoice(2)])
    decision = before.when(IssueInvoiceValidator, series=YEAR, number=number - 1)
    decision.applies(invoice(number)).then_refused("The number follows the last one.")


IN_TIME = confirmed(NOON + TIME_TO_CONFIRM)
TOO_LATE = confirmed(NOON + TIME_TO_CONFIRM + MOMENT)


def test_a_token_is_good_for_an_hour() -> None:
    sent = given(SIGN_UPS, [started()]).when(ConfirmSignUpValidator, token=Token("t1"))
    sent.applies(TOO_LATE).then_refused(ONCE)
    sent = given(SIGN_UPS, [started()]).when(ConfirmSignUpValidator, token=Token("t1"))
    sent.applies(IN_TIME).then(IN_TIME)


@pytest.mark.parametrize("before", [[], [started(), confirmed()]])
def test_a_token_that_was_never_sent_or_is_used_confirms_nothing(before: list[Event]) -> None:
    sent = given(SIGN_UPS, before).when(ConfirmSignUpValidator, token=Token("t1"))
    sent.applies(IN_TIME).then_refused(ONCE)


def test_a_form_that_is_sent_twice_is_one_order() -> None:
    form = given(ORDERS, [placed("o1")]).when(PlaceOrderValidator, token=FormToken("form 1"))
    form.applies(placed("o2")).then_refused("A form is sent once.")


def test_a_command_that_is_sent_twice_gets_the_first_answer() -> None:
    client = log_of(ORDERS)
    first = commands.place_order_once(client, placed("o1"))
    assert commands.place_order_once(client, placed("o1")) == first
    with pytest.raises(CommandReusedError):
        commands.place_order_once(client, placed("o1", article="cake"))


def test_an_old_price_holds_for_some_minutes() -> None:
    client = log_of(PRICES, price("2.00"), price("3.00", NOON + GRACE))
    end = NOON + 2 * GRACE
    commands.order_product(client, ordered("2.00", end))
    commands.order_product(client, ordered("3.00", end + MOMENT))
    for amount, at in [("2.00", end + MOMENT), ("2.50", end)]:
        with pytest.raises(RefusedError):
            commands.order_product(client, ordered(amount, at))


def test_a_price_that_comes_back_is_valid_again() -> None:
    client = log_of(PRICES, price("2.00"), price("3.00"), price("2.00"))
    commands.order_product(client, ordered("2.00", NOON + 2 * GRACE))


def test_buyers_are_in_nobodys_way() -> None:
    client = log_of(PRICES, price("2.00"))
    decided = OrderProductValidator(client, product_id=TEA).apply(ordered("2.00"))
    assert decided.is_valid()
    commands.order_product(client, ordered("2.00"))
    decided.save()


Decision = SingleStreamValidator[Any, Any] | MultiStreamValidator[Any, Any]
Case = tuple[Story, Sequence[Event], Callable[[EventClient], Decision], Query[Any]]

CASES: dict[str, Case] = {
    "a name that was taken by a change": (
        USERNAMES,
        [opened(ADA, "ada"), changed(ADA, "ada", "bob")],
        lambda client: OpenAccountValidator(client, username="bob").apply(opened(BOB, "bob")),
        AccountOpened.where(username="bob"),
    ),
    "a name of another account": (
        USERNAMES,
        [opened(ADA, "ada"), opened(BOB, "bob")],
        lambda client: ChangeUsernameValidator(client, account_id=ADA, username="bob").apply(
            changed(ADA, "ada", "bob")
        ),
        account_stream(account_id=ADA),
    ),
    "a number that is used": (
        INVOICES,
        [invoice(1), invoice(2)],
        lambda client: IssueInvoiceValidator(client, series=YEAR, number=1).apply(invoice(2)),
        InvoiceIssued.where(series=YEAR, number=1),
    ),
    "a token that was brought back": (
        SIGN_UPS,
        [started(), confirmed()],
        lambda client: ConfirmSignUpValidator(client, token=Token("t1")).apply(confirmed()),
        SignUpStarted.where(token=Token("t1")),
    ),
    "a form that was sent": (
        ORDERS,
        [placed("o1")],
        lambda client: PlaceOrderValidator(client, token=FormToken("form 1")).apply(placed("o2")),
        order_stream(order_id=OrderId("o2")),
    ),
    "a price that was replaced": (
        PRICES,
        [price("2.00"), price("3.00")],
        lambda client: OrderProductValidator(client, product_id=TEA).apply(
            ordered("2.00", NOON + 2 * GRACE)
        ),
        PriceSet.where(product_id=TEA, price=Decimal("2.00")),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_refused_would_be_saved_if_the_query_were_narrower(name: str) -> None:
    story, before, decision, narrower = CASES[name]
    client = log_of(story, *before)
    with pytest.raises(RefusedError):
        decision(client).save()
    careless = decision(client)
    vars(careless)["_query"] = narrower
    assert careless.save()
