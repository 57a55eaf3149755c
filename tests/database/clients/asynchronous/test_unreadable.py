"""Stored events that this code cannot read: errors, or passed over and told, never decided upon."""

from typing import Any

import psycopg
import pytest

from database.log_client import batch
from storyline import (
    AsyncEventClient,
    AsyncSingleStreamValidator,
    ConflictError,
    UnreadableEventError,
)
from storyline.testing.contract.story import (
    EGGS,
    HOME,
    MILK,
    SAMPLE,
    TEA,
    ItemAdded,
    ListEvent,
    added,
    completed,
    list_stream,
)

STREAM = list_stream(list_id=HOME)


def stored(dsn: str, *changes: dict[str, Any], type: str = "ITEM_ADDED", version: int = 1) -> None:
    """Of events of one item; without a title they cannot be read."""
    events = [
        {"type": type, "version": version, "data": {"list_id": HOME, **each}} for each in changes
    ]
    with psycopg.connect(dsn) as connection:
        connection.execute("select sample.append_in_transaction(%s, %s, %s, %s)", batch(*events))


READABLE = {"item_id": EGGS, "title": "Eggs"}
UNREADABLE = {"item_id": EGGS}


class NoMilk(AsyncSingleStreamValidator[ListEvent, ItemAdded]):
    async def is_valid(self) -> bool:
        return True


async def test_it_is_an_error_that_names_id_type_and_field(sample_dsn: str) -> None:
    stored(sample_dsn, READABLE, UNREADABLE)
    async with AsyncEventClient(SAMPLE, sample_dsn) as client:
        with pytest.raises(UnreadableEventError) as caught:
            await client.get_event_stream(STREAM)
        error = caught.value
        assert (error.id, error.type, error.field) == (2, "ITEM_ADDED", "title")


async def test_a_newer_version_is_unreadable_as_well(sample_dsn: str) -> None:
    stored(sample_dsn, READABLE, version=2)
    async with AsyncEventClient(SAMPLE, sample_dsn) as client:
        with pytest.raises(UnreadableEventError, match="it is older") as caught:
            await client.get_latest_event(STREAM)
        assert caught.value.id == 1


async def test_a_policy_passes_over_it_and_is_told(sample_dsn: str) -> None:
    skipped: list[UnreadableEventError] = []
    stored(sample_dsn, UNREADABLE, READABLE, UNREADABLE, UNREADABLE)
    async with AsyncEventClient(SAMPLE, sample_dsn, on_unreadable=skipped.append) as client:
        assert [event.id for event in await client.get_event_stream(STREAM)] == [2]
        assert [error.id for error in skipped] == [1, 3, 4]
        latest = await client.get_latest_event(STREAM)
        assert latest is not None
        assert latest.id == 2


async def test_the_latest_event_of_none_that_can_be_read_is_none(sample_dsn: str) -> None:
    stored(sample_dsn, UNREADABLE, UNREADABLE)
    async with AsyncEventClient(SAMPLE, sample_dsn, on_unreadable=repr) as client:
        assert await client.get_latest_event(STREAM) is None


@pytest.mark.parametrize("page_size", [1, 2, 3, 100])
async def test_a_page_of_nothing_readable_does_not_end_the_stream(
    sample_dsn: str, page_size: int
) -> None:
    skipped: list[UnreadableEventError] = []
    stored(sample_dsn, READABLE, *[UNREADABLE] * 5, READABLE, UNREADABLE)
    async with AsyncEventClient(SAMPLE, sample_dsn, on_unreadable=skipped.append) as client:
        found = [event.id async for event in client.iter_event_stream(STREAM, page_size=page_size)]
    assert found == [1, 7]
    assert [error.id for error in skipped] == [2, 3, 4, 5, 6, 8]


async def test_a_decision_never_rests_on_a_history_with_a_hole(sample_dsn: str) -> None:
    stored(sample_dsn, READABLE, UNREADABLE)
    async with AsyncEventClient(SAMPLE, sample_dsn, on_unreadable=repr) as client:
        with pytest.raises(UnreadableEventError):
            await NoMilk(client, STREAM).apply(added(MILK)).save()
        with pytest.raises(UnreadableEventError):
            await client.get_history(STREAM)


@pytest.mark.parametrize("newer", [1, 1500])
async def test_an_unreadable_conflict_is_an_error_and_not_a_conflict_without_it(
    sample_dsn: str, newer: int
) -> None:
    async with AsyncEventClient(SAMPLE, sample_dsn, on_unreadable=repr) as client:
        await client.save_event(added(MILK))
        validator = NoMilk(client, STREAM).apply(added(TEA))
        await validator.refresh()
        stored(sample_dsn, *[UNREADABLE] * newer)
        with pytest.raises(UnreadableEventError):
            await validator.save(retries=2)
        assert not [e async for e in client.iter_event_stream(STREAM) if e.data == added(TEA)]


async def test_a_policy_may_raise(sample_dsn: str) -> None:
    def refuse(error: UnreadableEventError) -> None:
        raise LookupError(error.id)

    stored(sample_dsn, UNREADABLE)
    async with AsyncEventClient(SAMPLE, sample_dsn, on_unreadable=refuse) as client:
        with pytest.raises(LookupError) as caught:
            await client.get_event_stream(STREAM)
        assert caught.value.args == (1,)


async def test_without_unreadable_events_nothing_changes(sample_dsn: str) -> None:
    async with AsyncEventClient(SAMPLE, sample_dsn, on_unreadable=repr) as client:
        saved = await client.save_events([added(MILK), completed(MILK)])
        assert await client.get_event_stream(STREAM) == saved
        with pytest.raises(ConflictError):
            await client.save_event_with_stream_validation(
                added(EGGS), streams=[STREAM], latest_event_id=1
            )
