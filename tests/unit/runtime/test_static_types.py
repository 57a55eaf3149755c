"""What type checkers know: they judge these functions, and running them proves nothing."""

from collections.abc import Sequence
from datetime import date
from typing import ClassVar, Literal, NewType, assert_never, assert_type

from storyline import (
    ANY,
    AsyncEventClient,
    Event,
    EventClient,
    Match,
    OrderedMatch,
    Query,
    Recorded,
    eq,
    gte,
    in_,
    lt,
    neq,
)

ListId = NewType("ListId", str)
Priority = Literal["low", "high"]


class ListCreated(Event, frozen=True):
    __type__: ClassVar[str] = "LIST_CREATED"

    list_id: ListId


class ItemAdded(Event, frozen=True):
    __type__: ClassVar[str] = "ITEM_ADDED"

    title: str


def told(recorded: Recorded[ListCreated | ItemAdded]) -> str:
    """A forgotten case is an error of the type checker."""
    match recorded.data:
        case ListCreated(list_id=list_id):
            return list_id
        case ItemAdded():
            return recorded.data.title
        case _:
            assert_never(recorded.data)


def queries(a: Query[ListCreated], b: Query[ItemAdded]) -> Query[Event]:
    assert_type(a | b, Query[ListCreated | ItemAdded])
    assert_type((a | b).only(ItemAdded), Query[ItemAdded])
    assert_type((a | b).only("ITEM_ADDED"), Query[ListCreated | ItemAdded])
    return a | b


def saved(client: EventClient, query: Query[ListCreated | ItemAdded]) -> None:
    assert_type(client.save_event(ItemAdded(title="Milk")), Recorded[ItemAdded])
    assert_type(client.get_event_stream(query), Sequence[Recorded[ListCreated | ItemAdded]])
    assert_type(client.get_latest_event(query), Recorded[ListCreated | ItemAdded] | None)


async def saved_later(client: AsyncEventClient, query: Query[ItemAdded]) -> None:
    assert_type(await client.save_event(ItemAdded(title="Milk")), Recorded[ItemAdded])
    async for event in client.iter_event_stream(query):
        assert_type(event, Recorded[ItemAdded])


def where(
    *,
    list_id: Match[ListId] = ANY,
    due_on: OrderedMatch[date] = ANY,
    priority: Match[Priority] = ANY,
) -> None:
    """As a generated `where` is declared."""


def asked(list_id: ListId, day: date) -> None:
    where(list_id=list_id, due_on=day, priority="low")
    where(list_id=neq(list_id), due_on=gte(day) & lt(day), priority=in_(("low", "high")))
    where(due_on=neq(day) & lt(day), priority=eq("high"))


def test_the_functions_run() -> None:
    asked(ListId("l1"), date(2026, 11, 23))
    queries(Query(), Query())
