# Made by runtime/make_sync.py; edit tests/database/clients/asynchronous/test_validators.py
"""What a decision asks of its client, and what not: the rest is in the contract."""

import pytest

from storyline import (
    EventClient,
    Recorded,
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
    ListEvent,
    ListId,
    added,
    list_stream,
)

Open = frozenset[ItemId]


def open_items(before: Open, event: Recorded[ListEvent]) -> Open:
    match event.data:
        case ItemAdded(item_id=item_id):
            return before | {item_id}
        case ItemCompleted(item_id=item_id):
            return before - {item_id}
        case _:
            return before


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


def test_after_any_other_failure_it_decides_on_a_new_read(
    client: EventClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody knows whether the events were saved, nor what a crash has taken away."""
    validator = AtMostTwo(client, list_id=HOME).apply(added(MILK))
    assert validator.is_valid()
    with monkeypatch.context() as broken:
        broken.delattr(EventClient, "save_events_with_stream_validation")
        with pytest.raises(AttributeError):
            validator.save()
    client.save_event(added(EGGS))
    assert (validator.save())[0].id == 2


def test_a_retry_decides_on_the_newer_events_without_reading(
    client: EventClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    validator = AtMostTwo(client, list_id=HOME).apply(added(MILK))
    assert validator.is_valid()
    client.save_event(added(EGGS))
    monkeypatch.delattr(EventClient, "get_history")
    (recorded,) = validator.save(retries=1)
    assert (recorded.id, validator.decisions) == (2, 3)


def test_a_decision_on_an_old_stream_in_a_long_log_takes_one_append(
    client: EventClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.save_event(added(MILK))
    client.save_events([added(TEA, WORK)] * 1500)
    validator = AtMostTwo(client, list_id=HOME).apply(added(EGGS))
    assert validator.is_valid()
    monkeypatch.delattr(EventClient, "_conflicts")
    assert (validator.save())[0].id == 1502
