"""What a user writes around the code generated from `orders.toml`."""

import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import assert_never
from uuid import UUID

from app.story.orders import (
    ORDERS,
    CustomerId,
    Line,
    OrderEvent,
    OrderId,
    OrderPlaced,
    OrderShipped,
    PaymentReceived,
    PayOrderValidatorBase,
    at_most,
    customer_stream,
    from_channels,
    gifts_of_customer,
    heavy_or_many,
    larger_than,
    not_from_channels,
    not_from_web,
    order_stream,
    paid_between,
    tagged,
    with_delivery_day,
    without_delivery_day,
)

from storyline import Event, EventClient, Query, Recorded, RefusedError, exists, gte, in_, lt

FIRST = OrderId(UUID(int=1))
SECOND = OrderId(UUID(int=2))
ADA = CustomerId(7)


class PayOrderValidator(PayOrderValidatorBase):
    def is_valid(self) -> bool:
        return self.reduce_events(owed, Decimal(0)) >= 0


def owed(sum_: Decimal, event: Recorded[OrderEvent]) -> Decimal:
    match event.data:
        case OrderPlaced(total_amount=amount):
            return sum_ + amount
        case PaymentReceived(total_amount=amount):
            return sum_ - amount
        case OrderShipped():
            return sum_
        case _:
            assert_never(event.data)


def main(dsn: str) -> None:
    with EventClient(ORDERS, dsn) as client:
        record(client)
        refuse_too_much(client)
        find(client)
        read_what_was_written(client)
    print("orders: fine")


def record(client: EventClient) -> None:
    line = Line(article="Lamp", quantity=2, unit_price=Decimal("12.50"))
    east = timezone(timedelta(hours=5, minutes=30))
    client.save_event(
        OrderPlaced(
            order_id=FIRST,
            customer_id=ADA,
            lines=[line],
            total_amount=Decimal("25.00"),
            country="de",
            tags=frozenset({"new", "big"}),
            placed_at=datetime(2026, 11, 23, 11, 40, tzinfo=east),
            deliver_on=date(2026, 12, 1),
            deliver_from=time(9, 30),
            is_gift=True,
            weight=10.6,
            notes={"door": 'the "green" one'},
            class_="A",
        )
    )
    client.save_event(
        OrderPlaced(
            order_id=SECOND,
            customer_id=ADA,
            lines=[line],
            total_amount=Decimal("9.90"),
            channel="shop",
            country="fr",
            tags=frozenset(),
            placed_at=datetime(2026, 11, 24, tzinfo=UTC),
            notes={},
        )
    )
    client.save_event(OrderShipped(order_id=FIRST, parcels=3))


def payment(amount: str) -> PaymentReceived:
    return PaymentReceived(
        order_id=FIRST,
        total_amount=Decimal(amount),
        reference="AB12",
        waited=timedelta(days=1, seconds=5),
        receipt=b"\x00\xff",
        details={"fee": None, "parts": [1, 2.5, "x"]},
    )


def refuse_too_much(client: EventClient) -> None:
    PayOrderValidator(client, order_id=FIRST).apply(payment("20.00")).save()
    reason = ""
    try:
        PayOrderValidator(client, order_id=FIRST).apply(payment("5.01")).save()
    except RefusedError as refused:
        reason = refused.reason
    assert reason == "Nobody pays more than the total."


def find(client: EventClient) -> None:
    """Ids: 1 and 2 are orders, 3 the shipment, 4 the payment."""
    expected: Sequence[tuple[Query[Event], list[int]]] = [
        (order_stream(order_id=FIRST), [1, 3, 4]),
        (customer_stream(customer_id=ADA), [1, 2]),
        (order_stream(order_id=FIRST) | customer_stream(customer_id=ADA), [1, 2, 3, 4]),
        (paid_between(least=Decimal(20), below=Decimal("20.001")), [4]),
        (paid_between(least=Decimal(5), below=Decimal(20)), []),
        (larger_than(sum=Decimal("9.9")), [1, 4]),
        (larger_than(sum=Decimal("9.89")), [1, 2, 4]),
        (at_most(sum=Decimal("9.9")), [2]),
        (from_channels(channels=["shop", "phone"]), [2]),
        (from_channels(channels=[]), []),
        (not_from_channels(channels=["shop", "phone"]), [1]),
        (not_from_web(), [2]),
        (tagged(tag="big"), [1]),
        (with_delivery_day(), [1]),
        (without_delivery_day(), [2]),
        (gifts_of_customer(customer_id=ADA), [1]),
        (heavy_or_many(parcels=3), [1, 3]),
        (heavy_or_many(parcels=4), [1]),
        (OrderPlaced.where(class_="A"), [1]),
        (OrderPlaced.where(weight=exists(False)), [2]),
        (OrderPlaced.where(placed_at=lt(datetime(2026, 11, 24, tzinfo=UTC))), [1]),
        (OrderPlaced.where(deliver_from=gte(time(9, 30)) & lt(time(10))), [1]),
        (OrderPlaced.where(channel=in_(("web",)), is_gift=True), [1]),
        (PaymentReceived.where(waited=timedelta(days=1, seconds=5)), [4]),
    ]
    for query, ids in expected:
        assert [recorded.id for recorded in client.get_event_stream(query)] == ids, query
        latest = client.get_latest_event(query)
        assert (latest.id if latest else None) == (ids[-1] if ids else None), query


def read_what_was_written(client: EventClient) -> None:
    latest = client.get_latest_event(PaymentReceived.where())
    assert latest is not None
    assert latest.data == payment("20.00")
    first = client.get_event_stream(order_stream(order_id=FIRST))[0].data
    assert isinstance(first, OrderPlaced)
    assert first.placed_at == datetime(2026, 11, 23, 6, 10, tzinfo=UTC)
    assert first.notes == {"door": 'the "green" one'}


if __name__ == "__main__":
    main(sys.argv[1])
