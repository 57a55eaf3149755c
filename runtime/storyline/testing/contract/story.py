"""A story by hand, as the generator would write it: the runtime's tests need no generated code."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import ClassVar, Literal, NewType, TypeAlias

from storyline import (
    ANY,
    Boolean,
    DateTime,
    DecimalNumber,
    Event,
    ListOf,
    Match,
    Number,
    OrderedMatch,
    Query,
    QueryItem,
    Record,
    SortedSet,
    Story,
    Text,
)

ListId = NewType("ListId", str)
ItemId = NewType("ItemId", str)
Priority: TypeAlias = Literal["low", "normal", "high"]


class ListCreated(Event, frozen=True):
    __type__: ClassVar[str] = "LIST_CREATED"

    list_id: ListId
    name: str


class ItemAdded(Event, frozen=True):
    __type__: ClassVar[str] = "ITEM_ADDED"

    list_id: ListId
    item_id: ItemId
    title: str
    due_on: date | None = None
    priority: Priority = "normal"

    @classmethod
    def where(
        cls,
        *,
        list_id: Match[ListId] = ANY,
        item_id: Match[ItemId] = ANY,
        due_on: OrderedMatch[date] = ANY,
        priority: Match[Priority] = ANY,
    ) -> Query[ItemAdded]:
        return Query(
            QueryItem(
                ("ITEM_ADDED",),
                *Text("list_id").matching(list_id),
                *Text("item_id").matching(item_id),
                *Text("due_on").matching(due_on),
                *Text("priority").matching(priority),
            )
        )


class ItemCompleted(Event, frozen=True):
    __type__: ClassVar[str] = "ITEM_COMPLETED"

    list_id: ListId
    item_id: ItemId


class Part(Record, frozen=True):
    name: str


class Measured(Event, frozen=True):
    """One field of each kind that can be asked for, all of them optional."""

    __type__: ClassVar[str] = "MEASURED"

    text: str | None = None
    day: date | None = None
    moment: DateTime | None = None
    whole: int | None = None
    real: float | None = None
    price: Decimal | None = None
    flag: bool | None = None
    texts: list[str] | None = None
    wholes: SortedSet[int] | None = None
    prices: list[Decimal] | None = None
    flags: list[bool] | None = None
    part: Part | None = None


class Misread(Event, frozen=True):
    """Has text where `Measured` has a number: a query for one must not stumble over the other."""

    __type__: ClassVar[str] = "MISREAD"

    whole: str


ListEvent: TypeAlias = ListCreated | ItemAdded | ItemCompleted
LIST_EVENTS = ("LIST_CREATED", "ITEM_ADDED", "ITEM_COMPLETED")

CLASSES: Mapping[str, str] = {
    "LIST_CREATED": "ListCreated",
    "ITEM_ADDED": "ItemAdded",
    "ITEM_COMPLETED": "ItemCompleted",
    "MEASURED": "Measured",
    "MISREAD": "Misread",
}
SAMPLE = Story(
    name="sample",
    schema="sample",
    package=__name__,
    events=CLASSES,
)

FIELDS = {
    "text": Text("text"),
    "day": Text("day"),
    "moment": Text("moment"),
    "whole": Number("whole"),
    "real": Number("real"),
    "price": DecimalNumber("price"),
    "flag": Boolean("flag"),
}
LISTS = {
    "texts": ListOf(Text("texts")),
    "wholes": ListOf(Number("wholes")),
    "prices": ListOf(DecimalNumber("prices")),
    "flags": ListOf(Boolean("flags")),
}


def list_stream(*, list_id: ListId) -> Query[ListEvent]:
    return Query(QueryItem(LIST_EVENTS, Text("list_id").eq(list_id)))


def one_item(*, item_id: ItemId) -> Query[ItemAdded | ItemCompleted]:
    return Query(QueryItem(("ITEM_ADDED", "ITEM_COMPLETED"), Text("item_id").eq(item_id)))


HOME, WORK = ListId("home"), ListId("work")
MILK, EGGS, TEA = ItemId("milk"), ItemId("eggs"), ItemId("tea")


def added(item_id: ItemId, list_id: ListId = HOME, priority: Priority = "normal") -> ItemAdded:
    return ItemAdded(list_id=list_id, item_id=item_id, title=item_id.title(), priority=priority)


def completed(item_id: ItemId, list_id: ListId = HOME) -> ItemCompleted:
    return ItemCompleted(list_id=list_id, item_id=item_id)
