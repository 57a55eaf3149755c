"""Appends on condition that nothing newer matches."""

from decimal import Decimal

import pytest

from database.clients.sample import (
    EGGS,
    HOME,
    MILK,
    TEA,
    WORK,
    ItemAdded,
    ItemId,
    Measured,
    added,
    completed,
    list_stream,
    one_item,
)
from storyline import (
    AsyncEventClient,
    ConflictError,
    DecimalNumber,
    LostEventError,
    NothingToSaveError,
    Query,
    QueryItem,
    in_,
)


async def test_an_event_is_saved_if_nothing_newer_matches(client: AsyncEventClient) -> None:
    first = await client.save_event(added(MILK))
    await client.save_event(added(TEA, WORK))
    recorded = await client.save_event_with_stream_validation(
        completed(MILK), streams=[list_stream(list_id=HOME)], latest_event_id=first.id
    )
    assert recorded.id == 3


async def test_a_conflict_saves_nothing_and_brings_the_newer_events(
    client: AsyncEventClient,
) -> None:
    seen, *newer = await client.save_events([added(MILK), added(EGGS), added(TEA, WORK)])
    home = list_stream(list_id=HOME)
    with pytest.raises(ConflictError) as caught:
        await client.save_events_with_stream_validation(
            [completed(MILK), completed(EGGS)],
            streams=[home],
            latest_event_id=seen.id,
            metadata={"actor": "ann"},
        )
    assert caught.value.events == (newer[0],)
    assert (caught.value.query, caught.value.latest_event_id) == (home, seen.id)
    assert "`ITEM_ADDED` (2)" in str(caught.value)
    assert (await client.save_event(completed(TEA, WORK))).id == 4


async def test_any_of_several_streams_can_conflict(client: AsyncEventClient) -> None:
    await client.save_events([added(MILK), added(TEA, WORK)])
    streams = [one_item(item_id=EGGS), one_item(item_id=TEA)]
    with pytest.raises(ConflictError):
        await client.save_event_with_stream_validation(
            completed(TEA, WORK), streams=streams, latest_event_id=1
        )
    await client.save_event_with_stream_validation(
        completed(TEA, WORK), streams=streams, latest_event_id=2
    )


async def test_a_mere_suspicion_of_the_database_is_no_conflict(client: AsyncEventClient) -> None:
    """Decimals are stored as text, so the database lets the client compare them."""
    await client.save_events([Measured(price=price) for price in prices("1.50", "12.5")])
    for_two = Query[Measured](QueryItem(["MEASURED"], DecimalNumber("price").eq(prices("2")[0])))
    recorded = await client.save_event_with_stream_validation(
        Measured(price=prices("2.00")[0]), streams=[for_two], latest_event_id=0
    )
    with pytest.raises(ConflictError) as caught:
        await client.save_event_with_stream_validation(
            Measured(price=prices("2")[0]), streams=[for_two], latest_event_id=0
        )
    assert caught.value.events == (recorded,)


async def test_a_long_tail_of_newer_events_is_searched_as_well(client: AsyncEventClient) -> None:
    await client.save_events([added(TEA, WORK)] * 1500)
    query = ItemAdded.where(list_id=HOME)
    recorded = await client.save_event_with_stream_validation(
        added(MILK), streams=[query], latest_event_id=0
    )
    assert recorded.id == 1501
    with pytest.raises(ConflictError) as caught:
        await client.save_event_with_stream_validation(
            added(MILK), streams=[query], latest_event_id=0
        )
    assert caught.value.events == (recorded,)


async def test_a_decision_on_an_event_that_is_not_in_the_log_is_refused(
    client: AsyncEventClient,
) -> None:
    await client.save_event(added(MILK))
    with pytest.raises(LostEventError) as caught:
        await client.save_event_with_stream_validation(
            completed(MILK), streams=[list_stream(list_id=HOME)], latest_event_id=7
        )
    assert (caught.value.latest_event_id, caught.value.last_id) == (7, 1)
    assert (await client.save_event(completed(MILK))).id == 2


async def test_many_values_are_compared_outside_of_the_lock(client: AsyncEventClient) -> None:
    names = [ItemId(str(number)) for number in range(50_000)]
    one_of_many = ItemAdded.where(list_id=HOME, item_id=in_(names))
    await client.save_events([added(MILK), added(names[7], WORK)])
    streams = [one_of_many]
    recorded = await client.save_event_with_stream_validation(
        added(names[-1]), streams=streams, latest_event_id=0
    )
    with pytest.raises(ConflictError) as caught:
        await client.save_event_with_stream_validation(
            added(MILK), streams=streams, latest_event_id=0
        )
    assert caught.value.events == (recorded,)


async def test_saving_no_event_on_condition_is_refused(client: AsyncEventClient) -> None:
    with pytest.raises(NothingToSaveError):
        await client.save_events_with_stream_validation([], streams=[], latest_event_id=0)


def prices(*texts: str) -> list[Decimal]:
    return [Decimal(text) for text in texts]
