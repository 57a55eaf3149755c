"""Streams: which events come, and in which order."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from database.clients.sample import (
    EGGS,
    HOME,
    MILK,
    TEA,
    WORK,
    ItemAdded,
    ItemCompleted,
    ListCreated,
    ListEvent,
    added,
    completed,
    list_stream,
    one_item,
)
from storyline import AsyncEventClient, Query, Recorded, exists, gte, in_, lt, neq

LOG: Sequence[ListEvent] = (
    ListCreated(list_id=HOME, name="Home"),
    added(MILK, priority="high"),
    added(TEA, WORK),
    ItemAdded(list_id=HOME, item_id=EGGS, title="Eggs", due_on=date(2026, 11, 23)),
    completed(MILK),
    completed(TEA, WORK),
)


def ids(events: Sequence[Recorded[Any]]) -> list[int]:
    return [event.id for event in events]


async def test_a_stream_is_read_in_the_order_of_the_log(client: AsyncEventClient) -> None:
    await client.save_events(LOG)
    stream = await client.get_event_stream(list_stream(list_id=HOME))
    assert ids(stream) == [1, 2, 4, 5]
    assert [event.data for event in stream] == [LOG[0], LOG[1], LOG[3], LOG[4]]


async def test_a_stream_can_start_after_an_id_and_be_limited(client: AsyncEventClient) -> None:
    await client.save_events(LOG)
    home = list_stream(list_id=HOME)
    assert ids(await client.get_event_stream(home, after_id=2)) == [4, 5]
    assert ids(await client.get_event_stream(home, limit=2)) == [1, 2]
    assert ids(await client.get_event_stream(home, after_id=1, limit=2)) == [2, 4]
    assert ids(await client.get_event_stream(home, after_id=99)) == []


async def test_an_empty_stream_is_empty(client: AsyncEventClient) -> None:
    assert list(await client.get_event_stream(list_stream(list_id=HOME))) == []
    assert await client.get_latest_event(list_stream(list_id=HOME)) is None
    assert list(await client.get_event_stream(Query[ItemAdded]())) == []


async def test_streams_are_merged_in_order_and_without_duplicates(client: AsyncEventClient) -> None:
    await client.save_events(LOG)
    both = [one_item(item_id=MILK), list_stream(list_id=HOME), one_item(item_id=TEA)]
    assert ids(await client.get_event_streams(both)) == [1, 2, 3, 4, 5, 6]
    assert ids(await client.get_event_streams(both, after_id=2, limit=3)) == [3, 4, 5]
    either = list_stream(list_id=HOME) | one_item(item_id=MILK)
    assert ids(await client.get_event_stream(either)) == [1, 2, 4, 5]
    latest = await client.get_latest_event(either)
    assert latest is not None
    assert latest.id == 5


async def test_a_stream_is_read_page_by_page(client: AsyncEventClient) -> None:
    await client.save_events(LOG)
    pages = client.iter_event_stream(list_stream(list_id=HOME), page_size=3)
    assert [event.id async for event in pages] == [1, 2, 4, 5]
    later = client.iter_event_stream(list_stream(list_id=HOME), after_id=4)
    assert [event.id async for event in later] == [5]


async def test_only_some_types_of_a_stream_can_be_asked_for(client: AsyncEventClient) -> None:
    await client.save_events(LOG)
    home = list_stream(list_id=HOME)
    completions: Query[ItemCompleted] = home.only(ItemCompleted)
    assert ids(await client.get_event_stream(completions)) == [5]
    assert ids(await client.get_event_stream(home.only("ITEM_ADDED", "LIST_CREATED"))) == [1, 2, 4]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (ItemAdded.where(), [2, 3, 4]),
        (ItemAdded.where(list_id=HOME), [2, 4]),
        (ItemAdded.where(list_id=HOME, priority="high"), [2]),
        (ItemAdded.where(priority=in_(("low", "high"))), [2]),
        (ItemAdded.where(due_on=exists()), [4]),
        (ItemAdded.where(due_on=exists(False)), [2, 3]),
        (ItemAdded.where(due_on=neq(date(2026, 11, 23))), [2, 3]),
        (ItemAdded.where(due_on=gte(date(2026, 11, 1)) & lt(date(2026, 12, 1))), [4]),
        (ItemAdded.where(list_id=HOME, item_id=neq(MILK), due_on=lt(date(2027, 1, 1))), [4]),
    ],
)
async def test_conditions_can_be_asked_ad_hoc(
    client: AsyncEventClient, query: Query[ItemAdded], expected: list[int]
) -> None:
    await client.save_events(LOG)
    assert ids(await client.get_event_stream(query)) == expected
    latest = await client.get_latest_event(query)
    assert latest is not None
    assert latest.id == expected[-1]
