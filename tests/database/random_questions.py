"""What random processes ask of a log, and what they append to it."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from storyline import Event, Query, QueryItem, Text
from storyline.operators import Operator
from storyline.testing.contract.story import (
    FIELDS,
    LIST_EVENTS,
    LISTS,
    ItemId,
    ListCreated,
    ListId,
    Measured,
    Misread,
    added,
    completed,
)
from storyline.verification.oracle import Asked, Question

EVERYTHING = [*LIST_EVENTS, "MEASURED", "MISREAD"]
HOMES = [ListId(f"list {number}") for number in range(4)]
PRICES = ["0.5", "1.50", "1.5", "2", "1E+1", "10.0"]


def asked(
    types: Sequence[str], field: str | None = None, operator: str = "", value: object = None
) -> Asked:
    return Asked(
        types=list(types), field=field, operator=operator, value=value, decimal=field == "price"
    )


QUESTIONS: Sequence[Question] = (
    *([asked(LIST_EVENTS, "list_id", "eq", home)] for home in HOMES),
    *([asked(LIST_EVENTS, "list_id", "in", [HOMES[n], HOMES[n - 1]])] for n in range(4)),
    [asked(["ITEM_ADDED"], "priority", "eq", "high")],
    *([asked(["MEASURED"], "whole", "gte", bound)] for bound in (1, 15)),
    [asked(["MEASURED"], "whole", "lt", 5), asked(["MEASURED"], "whole", "gte", 18)],
    *([asked(["MEASURED"], "price", "eq", price)] for price in ("1.5", "10")),
    [asked(["MEASURED"], "price", "lt", "1.50"), asked(LIST_EVENTS, "list_id", "eq", HOMES[0])],
    [asked(["MEASURED"], "wholes", "contains", 3)],
    [asked(["LIST_CREATED"]), asked(["MISREAD"], "whole", "eq", "x")],
    [asked(EVERYTHING)],
    [],
)


def query_of(question: Question) -> Query[Any]:
    return Query(*(QueryItem(item["types"], *_conditions(item)) for item in question))


def _conditions(item: Asked) -> Iterable[Any]:
    name, value = item["field"], item["value"]
    if name is None:
        return
    operator = Operator(item["operator"])
    if name == "price":
        yield FIELDS[name].asked(operator, Decimal(value))
    elif isinstance(value, int):
        yield (LISTS.get(name) or FIELDS[name]).asked(operator, value)
    else:
        yield Text(name).asked(operator, value)


def an_event(chance: random.Random) -> Event:
    home, item = chance.choice(HOMES), ItemId(str(chance.randrange(30)))
    measured = Measured(
        whole=chance.choice([None, chance.randrange(20)]),
        price=chance.choice([None, Decimal(chance.choice(PRICES))]),
        wholes=chance.choice([None, frozenset(chance.choices(range(12), k=3))]),
    )
    return chance.choice(
        [
            ListCreated(list_id=home, name="x"),
            added(item, home, chance.choice(["high", "normal"])),
            completed(item, home),
            measured,
            measured,
            Misread(whole=chance.choice("xy")),
        ]
    )


def some_events(chance: random.Random) -> list[Event]:
    """Now and then more than an append looks through under its lock."""
    size = 1100 if chance.random() < 0.002 else chance.choice([1, 1, 1, 2, 3, 20])
    return [an_event(chance) for _ in range(size)]
