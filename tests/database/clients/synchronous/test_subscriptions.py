# Made by runtime/make_sync.py; edit tests/database/clients/asynchronous/test_subscriptions.py
"""Subscriptions: events handed out in order, and a position that outlives their reader."""

from contextlib import closing
from typing import Any

import pytest

from database.journals import Journals, Texts, Urgent
from storyline import (
    EventClient,
    OutOfRangeError,
    Projector,
    Query,
    QueryItem,
    Subscription,
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


def handed_out(subscription: Subscription[ListEvent], count: int) -> list[int]:
    """So many events, all of which are done."""
    ids: list[int] = []
    for event in subscription:
        ids.append(event.id)
        if len(ids) == count:
            subscription.stop()
    return ids


def first(subscription: Subscription[ListEvent]) -> int:
    """An event that is not done."""
    with closing(subscription.batches(1)) as batches:
        for (event,) in batches:
            return event.id
    raise AssertionError


def save_unreadable(client: EventClient) -> None:
    batch = Batch("ITEM_ADDED", "1", '{"list_id": 7}', "{}")
    client.log.fetch(append_in_transaction(SAMPLE, Append(batch)))


def test_events_are_handed_out_in_order_and_once(client: EventClient) -> None:
    client.save_events([added(MILK), Measured(), added(TEA, WORK), completed(MILK)])
    assert handed_out(client.subscribe(LISTS, name="mail"), 2) == [1, 3]
    client.save_event(added(EGGS))
    assert handed_out(client.subscribe(LISTS, name="mail"), 2) == [4, 5]
    assert handed_out(client.subscribe(LISTS, name="search"), 4) == [1, 3, 4, 5]


def test_only_what_the_query_finds_is_handed_out(client: EventClient) -> None:
    client.save_events([added(MILK), added(TEA, WORK), added(EGGS)])
    assert handed_out(client.subscribe(list_stream(list_id=HOME), name="mail"), 2) == [1, 3]


def test_where_a_subscription_begins_counts_once(client: EventClient) -> None:
    client.save_events([added(MILK), added(EGGS), added(TEA)])
    assert handed_out(client.subscribe(LISTS, name="mail", after=1), 1) == [2]
    assert handed_out(client.subscribe(LISTS, name="mail", after=0), 1) == [3]


def test_a_batch_holds_what_is_there_and_no_more_than_was_asked_for(
    client: EventClient,
) -> None:
    client.save_events([added(MILK)] * 5)
    subscription = client.subscribe(LISTS, name="mail")
    sizes: list[int] = []
    for batch in subscription.batches(2):
        sizes.append(len(batch))
        if batch[-1].id == 5:
            subscription.stop()
    assert sizes == [2, 2, 1]
    with pytest.raises(OutOfRangeError):
        first_batch(client.subscribe(LISTS, name="mail"), 0)


def first_batch(subscription: Subscription[ListEvent], most: int) -> None:
    for _ in subscription.batches(most):
        return


def test_what_was_not_done_comes_again(client: EventClient) -> None:
    client.save_events([added(MILK), added(EGGS), added(TEA)])
    assert first(client.subscribe(LISTS, name="mail")) == 1
    with closing(client.subscribe(LISTS, name="mail").batches(1)) as batches:
        for (event,) in batches:
            if event.id == 2:
                break
    assert first(client.subscribe(LISTS, name="mail")) == 2


def test_an_event_that_cannot_be_read_is_not_passed_over_silently(
    client: EventClient, sample_dsn: str
) -> None:
    client.save_event(added(MILK))
    save_unreadable(client)
    client.save_event(added(EGGS))
    assert handed_out(client.subscribe(LISTS, name="mail"), 1) == [1]
    for _ in range(2):
        with pytest.raises(UnreadableEventError) as caught:
            handed_out(client.subscribe(LISTS, name="mail"), 2)
        assert caught.value.id == 2
    told: list[UnreadableEventError] = []
    with EventClient(SAMPLE, sample_dsn, on_unreadable=told.append) as lenient:
        assert handed_out(lenient.subscribe(LISTS, name="mail"), 1) == [3]
    assert [error.id for error in told] == [2]


def test_a_key_must_give_each_event_to_one_consumer(client: EventClient) -> None:
    measured: Query[Measured] = Query(QueryItem(["MEASURED"]))
    for key in (Texts.state_key, Journals.state_key):
        with pytest.raises(SubscriptionKeyError, match="MEASURED"):
            client.subscribe(measured, name="mail", key=key)
    with pytest.raises(UnknownEventError):
        client.subscribe(Query(QueryItem(["NEVER_HEARD"])), name="mail")


@pytest.mark.parametrize("name", ["", "x" * 201, "a\0b", "\ud800", "two\nlines"])
def test_a_name_can_be_kept_and_shown(client: EventClient, name: str) -> None:
    with pytest.raises(UnwritableError):
        client.subscribe(LISTS, name=name)


@pytest.mark.parametrize("name", [None, 3])
def test_a_name_is_a_text(client: EventClient, name: Any) -> None:
    with pytest.raises(TypeError, match="name of a subscription"):
        client.subscribe(LISTS, name=name)


def test_the_longest_name_is_kept(client: EventClient) -> None:
    client.save_event(added(MILK))
    assert handed_out(client.subscribe(LISTS, name="😀" * 200), 1) == [1]


def test_a_subscription_keeps_its_key(client: EventClient) -> None:
    client.save_events([added(MILK), added(TEA, WORK)])
    keyed = client.subscribe(LISTS, name="mail", key=Journals.state_key)
    assert sorted(handed_out(keyed, 2)) == [1, 2]
    with pytest.raises(SubscriptionKeyError, match="another name"):
        first(client.subscribe(LISTS, name="mail"))
    client.save_event(added(EGGS))
    again = client.subscribe(LISTS, name="mail", key=Urgent.state_key)
    assert handed_out(again, 1) == [3], "it is the key's name that counts"


def test_a_subscription_and_a_projection_may_have_one_name(client: EventClient) -> None:
    client.save_event(added(MILK))
    assert first(client.subscribe(LISTS, name="journal")) == 1
    Projector(client, [Journals]).run_until_caught_up()
    assert len(client.query_projections(Journals)) == 1
    assert first(client.subscribe(LISTS, name="journal")) == 1


def test_a_subscription_is_no_part_of_a_transaction(client: EventClient) -> None:
    with client.transaction() as tx:
        subscription = tx.subscribe(LISTS, name="mail")
        refused(subscription)


def refused(subscription: Subscription[ListEvent]) -> None:
    with pytest.raises(TypeError, match="subscription"):
        first(subscription)
