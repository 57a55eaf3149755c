"""Who has seen a price may buy for it, even if it has just changed."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from scenarios_app.moments import ALWAYS, NEVER
from scenarios_app.story.prices import OrderProductValidatorBase, Price, PriceSet
from storyline import Recorded

GRACE = timedelta(minutes=10)


class OrderProductValidator(OrderProductValidatorBase):
    def is_valid(self) -> bool:
        (ordered,) = self.applied_events
        prices = self.reduce_only_db_events(valid_until, {})
        return ordered.at <= prices.get(ordered.price, NEVER)


def valid_until(
    prices: Mapping[Price, datetime], event: Recorded[PriceSet]
) -> Mapping[Price, datetime]:
    end = event.data.at + GRACE
    return {price: min(until, end) for price, until in prices.items()} | {event.data.price: ALWAYS}
