"""Subscriptions: events handed out in order, and a position that outlives their reader."""

from contextlib import aclosing
from typing import Any

import pytest

from database.journals import Journals, Texts, Urgent
from storyline import (
    AsyncEventClient,
    AsyncProjector,
    AsyncSubscription,
    OutOfRangeError,
    Query,
    QueryItem,
    SubscriptionKeyError,
    UnknownEventError,
    UnreadableEventError,
    UnwritableError,
)
from storyline.questions import Batch
from storyline.statements import Append, append_in_transaction
from storyline.testing.contract.story import (
    EGGS,
    HOME,
    LIST_EVENTS,
    MILK,
    SAMPLE,
    TEA,
    WORK,
    ListEvent,
    Measured,
    added,
    completed,
    list_stream,
)

LISTS: Query[ListEvent] = Query(QueryItem(LIST_EVENTS))


async def handed_out(subscription: AsyncSubscription[ListEvent], count: int) -> list[int]:
    """So many events, all of which are done."""
    ids: list[int] = []
    async for event in subscription:
        ids.append(event.id)
        if len(ids) == count:
            subscription.stop()
    return ids


async def first(subscription: AsyncSubscription[ListEvent]) -> int:
    """An event that is not done."""
    async with aclosing(subscription.batches(1)) as batches:
        async for (event,) in batches:
            return event.id
    raise AssertionError


async def save_unreadable(client: AsyncEventClient) -> None:
    batch = Batch("ITEM_ADDED", "1", '{"list_id": 7}', "{}")
    await client.log.fetch(append_in_transaction(SAMPLE, Append(batch)))


async def test_events_are_handed_out_in_order_and_once(client: AsyncEventClient) -> None:
    await client.save_events([added(MILK), Measured(), added(TEA, WORK), completed(MILK)])
    assert await handed_out(client.subscribe(LISTS, name="mail"), 2) == [1, 3]
    await client.save_event(added(EGGS))
    assert await handed_out(client.subscribe(LISTS, name="mail"), 2) == [4, 5]
    assert await handed_out(client.subscribe(LISTS, name="search"), 4) == [1, 3, 4, 5]


async def test_only_what_the_query_finds_is_handed_out(client: AsyncEventClient) -> None:
    await client.save_events([added(MILK), added(TEA, WORK), added(EGGS)])
    assert await handed_out(client.subscribe(list_stream(list_id=HOME), name="mail"), 2) == [1, 3]


async def test_where_a_subscription_begins_counts_once(client: AsyncEventClient) -> None:
    await client.save_events([added(MILK), added(EGGS), added(TEA)])
    assert await handed_out(client.subscribe(LISTS, name="mail", after=1), 1) == [2]
    assert await handed_out(client.subscribe(LISTS, name="mail", after=0), 1) == [3]


async def test_a_batch_holds_what_is_there_and_no_more_than_was_asked_for(
    client: AsyncEventClient,
) -> None:
    await client.save_events([added(MILK)] * 5)
    subscription = client.subscribe(LISTS, name="mail")
    sizes: list[int] = []
    async for batch in subscription.batches(2):
        sizes.append(len(batch))
        if batch[-1].id == 5:
            subscription.stop()
    assert sizes == [2, 2, 1]
    with pytest.raises(OutOfRangeError):
        await first_batch(client.subscribe(LISTS, name="mail"), 0)


async def first_batch(subscription: AsyncSubscription[ListEvent], most: int) -> None:
    async for _ in subscription.batches(most):
        return


async def test_what_was_not_done_comes_again(client: AsyncEventClient) -> None:
    await client.save_events([added(MILK), added(EGGS), added(TEA)])
    assert await first(client.subscribe(LISTS, name="mail")) == 1
    async with aclosing(client.subscribe(LISTS, name="mail").batches(1)) as batches:
        async for (event,) in batches:
            if event.id == 2:
                break
    assert await first(client.subscribe(LISTS, name="mail")) == 2


async def test_an_event_that_cannot_be_read_is_not_passed_over_silently(
    client: AsyncEventClient, sample_dsn: str
) -> None:
    await client.save_event(added(MILK))
    await save_unreadable(client)
    await client.save_event(added(EGGS))
    assert await handed_out(client.subscribe(LISTS, name="mail"), 1) == [1]
    for _ in range(2):
        with pytest.raises(UnreadableEventError) as caught:
            await handed_out(client.subscribe(LISTS, name="mail"), 2)
        assert caught.value.id == 2
    told: list[UnreadableEventError] = []
    async with AsyncEventClient(SAMPLE, sample_dsn, on_unreadable=told.append) as lenient:
        assert await handed_out(lenient.subscribe(LISTS, name="mail"), 1) == [3]
    assert [error.id for error in told] == [2]


async def test_a_key_must_give_each_event_to_one_consumer(client: AsyncEventClient) -> None:
    measured: Query[Measured] = Query(QueryItem(["MEASURED"]))
    for key in (Texts.state_key, Journals.state_key):
        with pytest.raises(SubscriptionKeyError, match="MEASURED"):
            client.subscribe(measured, name="mail", key=key)
    with pytest.raises(UnknownEventError):
        client.subscribe(Query(QueryItem(["NEVER_HEARD"])), name="mail")


@pytest.mark.parametrize("name", ["", "x" * 201, "a\0b", "\ud800", "two\nlines"])
def test_a_name_can_be_kept_and_shown(client: AsyncEventClient, name: str) -> None:
    with pytest.raises(UnwritableError):
        client.subscribe(LISTS, name=name)


@pytest.mark.parametrize("name", [None, 3])
def test_a_name_is_a_text(client: AsyncEventClient, name: Any) -> None:
    with pytest.raises(TypeError, match="name of a subscription"):
        client.subscribe(LISTS, name=name)


async def test_the_longest_name_is_kept(client: AsyncEventClient) -> None:
    await client.save_event(added(MILK))
    assert await handed_out(client.subscribe(LISTS, name="😀" * 200), 1) == [1]


async def test_a_subscription_keeps_its_key(client: AsyncEventClient) -> None:
    await client.save_events([added(MILK), added(TEA, WORK)])
    keyed = client.subscribe(LISTS, name="mail", key=Journals.state_key)
    assert sorted(await handed_out(keyed, 2)) == [1, 2]
    with pytest.raises(SubscriptionKeyError, match="another name"):
        await first(client.subscribe(LISTS, name="mail"))
    await client.save_event(added(EGGS))
    again = client.subscribe(LISTS, name="mail", key=Urgent.state_key)
    assert await handed_out(again, 1) == [3], "it is the key's name that counts"


async def test_a_subscription_and_a_projection_may_have_one_name(client: AsyncEventClient) -> None:
    await client.save_event(added(MILK))
    assert await first(client.subscribe(LISTS, name="journal")) == 1
    await AsyncProjector(client, [Journals]).run_until_caught_up()
    assert len(await client.query_projections(Journals)) == 1
    assert await first(client.subscribe(LISTS, name="journal")) == 1


async def test_a_subscription_is_no_part_of_a_transaction(client: AsyncEventClient) -> None:
    async with client.transaction() as tx:
        subscription = tx.subscribe(LISTS, name="mail")
        await refused(subscription)


async def refused(subscription: AsyncSubscription[ListEvent]) -> None:
    with pytest.raises(TypeError, match="subscription"):
        await first(subscription)
