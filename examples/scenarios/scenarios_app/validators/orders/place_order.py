"""A form that was sent is not sent again."""

from scenarios_app.story.orders import OrderPlaced, PlaceOrderValidatorBase
from storyline import Recorded


class PlaceOrderValidator(PlaceOrderValidatorBase):
    def is_valid(self) -> bool:
        return self.reduce_events(number_of_orders, 0) == 1


def number_of_orders(number: int, _: Recorded[OrderPlaced]) -> int:
    return number + 1
