"""What a decision asks of its client, and what not: the rest is in the contract."""

import pytest

from storyline import (
    AsyncEventClient,
    AsyncSingleStreamValidator,
    Recorded,
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


class AtMostTwo(AsyncSingleStreamValidator[ListEvent, ItemAdded]):
    """At most two open items on one list.

    And this is not part of the reason.
    """

    def __init__(self, client: AsyncEventClient, *, list_id: ListId) -> None:
        super().__init__(client, list_stream(list_id=list_id))
        self.decisions = 0

    async def is_valid(self) -> bool:
        self.decisions += 1
        return len(await self.reduce_events(open_items, Open())) <= 2


async def test_after_any_other_failure_it_decides_on_a_new_read(
    client: AsyncEventClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody knows whether the events were saved, nor what a crash has taken away."""
    validator = AtMostTwo(client, list_id=HOME).apply(added(MILK))
    assert await validator.is_valid()
    with monkeypatch.context() as broken:
        broken.delattr(AsyncEventClient, "save_events_with_stream_validation")
        with pytest.raises(AttributeError):
            await validator.save()
    await client.save_event(added(EGGS))
    assert (await validator.save())[0].id == 2


async def test_a_retry_decides_on_the_newer_events_without_reading(
    client: AsyncEventClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    validator = AtMostTwo(client, list_id=HOME).apply(added(MILK))
    assert await validator.is_valid()
    await client.save_event(added(EGGS))
    monkeypatch.delattr(AsyncEventClient, "get_history")
    (recorded,) = await validator.save(retries=1)
    assert (recorded.id, validator.decisions) == (2, 3)


async def test_a_decision_on_an_old_stream_in_a_long_log_takes_one_append(
    client: AsyncEventClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await client.save_event(added(MILK))
    await client.save_events([added(TEA, WORK)] * 1500)
    validator = AtMostTwo(client, list_id=HOME).apply(added(EGGS))
    assert await validator.is_valid()
    monkeypatch.delattr(AsyncEventClient, "_conflicts")
    assert (await validator.save())[0].id == 1502
