"""Each command: one event, decided by one validator; after a conflict it is decided again."""

from contextlib import suppress
from decimal import Decimal

from scenarios_app.story.invoices import InvoiceIssued, Series, series_stream
from scenarios_app.story.orders import OrderPlaced
from scenarios_app.story.prices import ProductOrdered
from scenarios_app.story.sign_ups import SignUpConfirmed
from scenarios_app.story.usernames import AccountClosed, AccountOpened, UsernameChanged
from scenarios_app.validators.invoices.issue_invoice import IssueInvoiceValidator
from scenarios_app.validators.orders.place_order import PlaceOrderValidator
from scenarios_app.validators.prices.order_product import OrderProductValidator
from scenarios_app.validators.sign_ups.confirm_sign_up import ConfirmSignUpValidator
from scenarios_app.validators.usernames.change_username import ChangeUsernameValidator
from scenarios_app.validators.usernames.close_account import CloseAccountValidator
from scenarios_app.validators.usernames.open_account import OpenAccountValidator
from storyline import ConflictError, EventClient, Recorded, RefusedError

RETRIES = 20


def open_account(client: EventClient, opened: AccountOpened) -> None:
    OpenAccountValidator(client, username=opened.username).apply(opened).save(retries=RETRIES)


def change_username(client: EventClient, changed: UsernameChanged) -> None:
    validator = ChangeUsernameValidator(
        client, account_id=changed.account_id, username=changed.new_username
    )
    validator.apply(changed).save(retries=RETRIES)


def close_account(client: EventClient, closed: AccountClosed) -> None:
    CloseAccountValidator(client, account_id=closed.account_id).apply(closed).save(retries=RETRIES)


def issue_invoice(client: EventClient, series: Series, amount: Decimal) -> InvoiceIssued:
    """Whoever loses a number to somebody else tries the next one: a retry is another event."""
    for _ in range(RETRIES):
        with suppress(ConflictError, RefusedError):
            return issue_next_invoice(client, series, amount)
    return issue_next_invoice(client, series, amount)


def issue_next_invoice(client: EventClient, series: Series, amount: Decimal) -> InvoiceIssued:
    latest = client.get_latest_event(series_stream(series=series))
    before = latest.data.number if latest else 0
    issued = InvoiceIssued(series=series, number=before + 1, amount=amount)
    IssueInvoiceValidator(client, series=series, number=before).apply(issued).save()
    return issued


def confirm_sign_up(client: EventClient, confirmed: SignUpConfirmed) -> None:
    ConfirmSignUpValidator(client, token=confirmed.token).apply(confirmed).save(retries=RETRIES)


def place_order(client: EventClient, placed: OrderPlaced) -> None:
    """Refused when the form is sent again, whatever it says then."""
    PlaceOrderValidator(client, token=placed.token).apply(placed).save(retries=RETRIES)


def place_order_once(client: EventClient, placed: OrderPlaced) -> Recorded[OrderPlaced]:
    """Needs no rule: the same form gets the first answer again."""
    return client.save_event(placed, command_id=placed.token)


def order_product(client: EventClient, ordered: ProductOrdered) -> None:
    validator = OrderProductValidator(client, product_id=ordered.product_id)
    validator.apply(ordered).save(retries=RETRIES)
