# Made by runtime/make_sync.py; edit runtime/storyline/testing/contract/_async/decisions.py
"""Decisions: read, decide, append on condition that nothing else happened."""

from collections.abc import Sequence
from typing import Any, cast

import pytest

from storyline import (
    ConflictError,
    EventClient,
    MultiStreamValidator,
    NotEmittedError,
    Query,
    Recorded,
    RefusedError,
    SingleStreamValidator,
)
from storyline.testing.contract.story import (
    EGGS,
    HOME,
    MILK,
    TEA,
    WORK,
    ItemAdded,
    ItemCompleted,
    ItemId,
    ListCreated,
    ListEvent,
    ListId,
    added,
    completed,
    list_stream,
    one_item,
)
from storyline.testing.contract.suite import Suite

Open = frozenset[ItemId]


def open_items(before: Open, event: Recorded[ListEvent]) -> Open:
    match event.data:
        case ItemAdded(item_id=item_id):
            return before | {item_id}
        case ItemCompleted(item_id=item_id):
            return before - {item_id}
        case _:
            return before


def ids(before: list[int], event: Recorded[ListEvent]) -> list[int]:
    return [*before, event.id]


class AtMostTwo(SingleStreamValidator[ListEvent, ItemAdded]):
    """At most two open items on one list.

    And this is not part of the reason.
    """

    def __init__(self, client: EventClient, *, list_id: ListId) -> None:
        super().__init__(client, list_stream(list_id=list_id))
        self.decisions = 0

    def is_valid(self) -> bool:
        self.decisions += 1
        return len(self.reduce_events(open_items, Open())) <= 2


class Unread(SingleStreamValidator[ListEvent, ListEvent]):
    def is_valid(self) -> bool:
        return True


class Explained(Unread):
    def is_valid(self) -> bool:
        raise RefusedError("The shop is closed.")


class Silent(Unread):
    def is_valid(self) -> bool:
        return None  # type: ignore[return-value]  # as one who forgets it


class Restless(Unread):
    """Reads again after it has decided."""

    def is_valid(self) -> bool:
        is_empty = not self.reduce_only_db_events(ids, [])
        self._client.save_event(added(EGGS))
        self.refresh()
        return is_empty


class NotBoth(MultiStreamValidator[ItemAdded | ItemCompleted, ItemAdded | ItemCompleted]):
    """One of the two items stays open."""

    def __init__(self, client: EventClient, *items: ItemId) -> None:
        streams: Sequence[Query[ItemAdded | ItemCompleted]] = [one_item(item_id=i) for i in items]
        super().__init__(client, streams)

    def is_valid(self) -> bool:
        return bool(self.reduce_events(open_items, Open()))


class Decisions(Suite):
    """Decisions: read, decide, append on condition that nothing else happened."""

    def test_an_event_that_the_rule_is_not_for_is_not_applied(self, client: EventClient) -> None:
        validator: Any = AtMostTwo(client, list_id=HOME).apply(added(MILK))
        with pytest.raises(NotEmittedError, match="`AtMostTwo` does not emit `ITEM_COMPLETED`"):
            validator.apply([added(EGGS), completed(MILK)])
        assert validator.applied_events == (added(MILK),)
        both = NotBoth(client, MILK, EGGS).apply([added(MILK), completed(MILK)])
        assert len(both.applied_events) == 2
        with pytest.raises(NotEmittedError) as caught:
            cast("Any", both).apply(ListCreated(list_id=HOME, name="Home"))
        assert (caught.value.validator, caught.value.type) == ("NotBoth", "LIST_CREATED")

    def test_a_valid_event_is_saved_and_counts_as_recorded(self, client: EventClient) -> None:
        validator = AtMostTwo(client, list_id=HOME).apply(added(MILK))
        (recorded,) = validator.save()
        assert recorded.id == 1
        assert validator.reduce_only_db_events(ids, []) == [1]
        assert validator.reduce_events(ids, []) == [1]

    def test_one_validator_can_save_again_and_again(self, client: EventClient) -> None:
        validator = AtMostTwo(client, list_id=HOME)
        validator.apply(added(MILK)).save()
        validator.apply(added(EGGS)).save()
        with pytest.raises(RefusedError):
            validator.apply(added(TEA)).save()

    def test_a_refusal_gives_the_rule_and_saves_nothing(self, client: EventClient) -> None:
        client.save_events([added(MILK), added(EGGS)])
        with pytest.raises(RefusedError) as caught:
            AtMostTwo(client, list_id=HOME).apply(added(TEA)).save()
        assert caught.value.reason == "At most two open items on one list."
        with pytest.raises(RefusedError, match="closed"):
            Explained(client, list_stream(list_id=HOME)).apply(added(TEA)).save()
        assert len(client.get_event_stream(list_stream(list_id=HOME))) == 2

    def test_a_rule_has_to_say_yes_or_no(self, client: EventClient) -> None:
        with pytest.raises(TypeError, match=r"`Silent\.is_valid` has to return a bool"):
            Silent(client, list_stream(list_id=HOME)).apply(added(MILK)).save()
        assert client.get_event_stream(list_stream(list_id=HOME)) == ()

    def test_a_decision_rests_on_what_its_rule_saw_first(self, client: EventClient) -> None:
        validator = Restless(client, list_stream(list_id=HOME)).apply(added(MILK))
        with pytest.raises(ConflictError):
            validator.save()

    def test_applied_events_come_last_under_the_next_ids(self, client: EventClient) -> None:
        client.save_events([added(MILK), added(TEA, WORK)])
        validator = AtMostTwo(client, list_id=HOME).apply([added(EGGS), added(TEA)])
        assert validator.reduce_events(ids, []) == [1, 3, 4]
        assert validator.reduce_only_db_events(ids, []) == [1]

    def test_nothing_applied_saves_nothing(self, client: EventClient) -> None:
        assert AtMostTwo(client, list_id=HOME).save() == ()

    def test_a_conflict_is_raised_and_keeps_what_was_applied(self, client: EventClient) -> None:
        validator = AtMostTwo(client, list_id=HOME).apply(added(MILK))
        assert validator.is_valid()
        client.save_event(added(EGGS))
        with pytest.raises(ConflictError):
            validator.save()
        assert validator.reduce_events(ids, []) == [1, 2]
        (recorded,) = validator.save()
        assert recorded.id == 2

    def test_a_retry_can_end_in_a_refusal(self, client: EventClient) -> None:
        validator = AtMostTwo(client, list_id=HOME).apply(added(MILK))
        assert validator.is_valid()
        client.save_events([added(EGGS), added(TEA)])
        with pytest.raises(RefusedError):
            validator.save(retries=3)

    def test_a_rule_that_reads_nothing_is_still_guarded(self, client: EventClient) -> None:
        client.save_event(added(MILK))
        validator = Unread(client, list_stream(list_id=HOME)).apply(completed(MILK))
        (recorded,) = validator.save()
        assert recorded.id == 2

    def test_events_are_read_once_until_they_are_refreshed(self, client: EventClient) -> None:
        validator = AtMostTwo(client, list_id=HOME).apply(added(TEA))
        assert validator.reduce_only_db_events(ids, []) == []
        client.save_event(added(MILK))
        assert validator.reduce_only_db_events(ids, []) == []
        assert (validator.refresh()).reduce_events(ids, []) == [1, 2]

    def test_events_of_other_streams_do_not_conflict(self, client: EventClient) -> None:
        validator = AtMostTwo(client, list_id=HOME).apply(added(MILK))
        assert validator.is_valid()
        client.save_event(added(TEA, WORK))
        assert (validator.save())[0].id == 2

    def test_a_rule_can_depend_on_several_streams(self, client: EventClient) -> None:
        client.save_events([added(MILK), added(EGGS), added(TEA)])
        NotBoth(client, MILK, EGGS).apply(completed(MILK)).save()
        with pytest.raises(RefusedError, match="One of the two"):
            NotBoth(client, MILK, EGGS).apply(completed(EGGS)).save()
        validator = NotBoth(client, EGGS, TEA).apply(completed(EGGS))
        assert validator.is_valid()
        client.save_event(completed(TEA))
        with pytest.raises(RefusedError):
            validator.save(retries=1)

    def test_an_event_saved_outside_of_the_stream_is_not_read_as_part_of_it(
        self,
        client: EventClient,
    ) -> None:
        validator = Unread(client, list_stream(list_id=HOME)).apply([added(TEA, WORK), added(MILK)])
        validator.save()
        assert validator.reduce_events(ids, []) == [2]
        assert (validator.refresh()).reduce_events(ids, []) == [2]
        assert (validator.apply(completed(MILK)).save())[0].id == 3
