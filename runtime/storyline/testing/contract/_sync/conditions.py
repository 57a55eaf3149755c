# Made by runtime/make_sync.py; edit runtime/storyline/testing/contract/_async/conditions.py
"""Appends on condition that nothing newer matches."""

from datetime import timedelta
from decimal import Decimal

import pytest

from storyline import (
    ConflictError,
    DecimalNumber,
    EventClient,
    LostEventError,
    NothingToSaveError,
    Query,
    QueryItem,
    in_,
)
from storyline.testing.contract.story import (
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
from storyline.testing.contract.suite import Suite


def prices(*texts: str) -> list[Decimal]:
    return [Decimal(text) for text in texts]


class Conditions(Suite):
    """Appends on condition that nothing newer matches."""

    def test_an_event_is_saved_if_nothing_newer_matches(self, client: EventClient) -> None:
        first = client.save_event(added(MILK))
        client.save_event(added(TEA, WORK))
        recorded = client.save_event_with_stream_validation(
            completed(MILK), streams=[list_stream(list_id=HOME)], latest_event_id=first.id
        )
        assert recorded.id == 3

    def test_a_conflict_saves_nothing_and_brings_the_newer_events(
        self,
        client: EventClient,
    ) -> None:
        seen, *newer = client.save_events([added(MILK), added(EGGS), added(TEA, WORK)])
        home = list_stream(list_id=HOME)
        with pytest.raises(ConflictError) as caught:
            client.save_events_with_stream_validation(
                [completed(MILK), completed(EGGS)],
                streams=[home],
                latest_event_id=seen.id,
                metadata={"actor": "ann"},
            )
        assert caught.value.events == (newer[0],)
        assert (caught.value.query, caught.value.latest_event_id) == (home, seen.id)
        assert "`ITEM_ADDED` (2)" in str(caught.value)
        assert (client.save_event(completed(TEA, WORK))).id == 4

    def test_any_of_several_streams_can_conflict(self, client: EventClient) -> None:
        client.save_events([added(MILK), added(TEA, WORK)])
        streams = [one_item(item_id=EGGS), one_item(item_id=TEA)]
        with pytest.raises(ConflictError):
            client.save_event_with_stream_validation(
                completed(TEA, WORK), streams=streams, latest_event_id=1
            )
        client.save_event_with_stream_validation(
            completed(TEA, WORK), streams=streams, latest_event_id=2
        )

    def test_a_mere_suspicion_of_the_database_is_no_conflict(self, client: EventClient) -> None:
        """Decimals are stored as text, so the database lets the client compare them."""
        client.save_events([Measured(price=price) for price in prices("1.50", "12.5")])
        for_two = Query[Measured](
            QueryItem(["MEASURED"], DecimalNumber("price").eq(prices("2")[0]))
        )
        recorded = client.save_event_with_stream_validation(
            Measured(price=prices("2.00")[0]), streams=[for_two], latest_event_id=0
        )
        with pytest.raises(ConflictError) as caught:
            client.save_event_with_stream_validation(
                Measured(price=prices("2")[0]), streams=[for_two], latest_event_id=0
            )
        assert caught.value.events == (recorded,)

    def test_a_long_tail_of_newer_events_is_searched_as_well(self, client: EventClient) -> None:
        client.save_events([added(TEA, WORK)] * 1500)
        query = ItemAdded.where(list_id=HOME)
        recorded = client.save_event_with_stream_validation(
            added(MILK), streams=[query], latest_event_id=0
        )
        assert recorded.id == 1501
        with pytest.raises(ConflictError) as caught:
            client.save_event_with_stream_validation(
                added(MILK), streams=[query], latest_event_id=0
            )
        assert caught.value.events == (recorded,)

    def test_a_decision_on_an_event_that_is_not_in_the_log_is_refused(
        self,
        client: EventClient,
    ) -> None:
        client.save_event(added(MILK))
        with pytest.raises(LostEventError) as caught:
            client.save_event_with_stream_validation(
                completed(MILK), streams=[list_stream(list_id=HOME)], latest_event_id=7
            )
        assert (caught.value.event_id, caught.value.created_at) == (7, None)
        assert (client.save_event(completed(MILK))).id == 2

    def test_a_decision_says_by_its_moment_which_event_it_has_seen(
        self,
        client: EventClient,
    ) -> None:
        first = client.save_event(added(TEA, WORK))
        home = list_stream(list_id=HOME)
        another = first.created_at - timedelta(microseconds=1)
        with pytest.raises(LostEventError) as caught:
            client.save_event_with_stream_validation(
                added(MILK), streams=[home], latest_event_id=1, latest_event_at=another
            )
        assert (caught.value.event_id, caught.value.created_at) == (1, another)
        second = client.save_event_with_stream_validation(
            added(MILK), streams=[home], latest_event_id=1, latest_event_at=first.created_at
        )
        history = client.get_history(home)
        assert (history.latest_event_id, history.latest_event_at) == (2, second.created_at)
        client.save_events([added(TEA, WORK)] * 1500)
        for moment in (another, first.created_at):
            is_lost = moment == another
            with pytest.raises(LostEventError if is_lost else ConflictError):
                client.save_event_with_stream_validation(
                    added(EGGS), streams=[home], latest_event_id=1, latest_event_at=moment
                )

    def test_a_decision_on_an_empty_log_has_seen_nothing(self, client: EventClient) -> None:
        history = client.get_history(list_stream(list_id=HOME))
        assert (history.events, history.latest_event_id, history.latest_event_at) == ((), 0, None)

    def test_many_values_are_compared_outside_of_the_lock(self, client: EventClient) -> None:
        names = [ItemId(str(number)) for number in range(50_000)]
        one_of_many = ItemAdded.where(list_id=HOME, item_id=in_(names))
        client.save_events([added(MILK), added(names[7], WORK)])
        streams = [one_of_many]
        recorded = client.save_event_with_stream_validation(
            added(names[-1]), streams=streams, latest_event_id=0
        )
        with pytest.raises(ConflictError) as caught:
            client.save_event_with_stream_validation(
                added(MILK), streams=streams, latest_event_id=0
            )
        assert caught.value.events == (recorded,)

    def test_saving_no_event_on_condition_is_refused(self, client: EventClient) -> None:
        with pytest.raises(NothingToSaveError):
            client.save_events_with_stream_validation([], streams=[], latest_event_id=0)
