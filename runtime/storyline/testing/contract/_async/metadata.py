"""What is told of events besides their data, and where it comes from."""

from typing import Any

import pytest
from pydantic import JsonValue

from storyline import (
    AsyncEventClient,
    AsyncSingleStreamValidator,
    ConflictError,
    bound_metadata,
    caused_by,
)
from storyline.testing.contract.story import (
    EGGS,
    HOME,
    MILK,
    ItemAdded,
    ListEvent,
    added,
    completed,
    list_stream,
)
from storyline.testing.contract.suite import AsyncSuite

STREAM = list_stream(list_id=HOME)


class Anything(AsyncSingleStreamValidator[ListEvent, ItemAdded]):
    async def is_valid(self) -> bool:
        return True


class AsyncMetadata(AsyncSuite):
    """What is told of events besides their data, and where it comes from."""

    async def test_what_is_bound_is_saved_with_every_event(self, client: AsyncEventClient) -> None:
        with bound_metadata(correlation_id="r1", actor="ann", tenant="x"):
            saved = await client.save_event(added(MILK), metadata={"by": "me"})
        await client.save_event(added(EGGS))
        first, second = await client.get_event_stream(STREAM)
        assert first == saved
        assert first.metadata == {"correlation_id": "r1", "actor": "ann", "tenant": "x", "by": "me"}
        assert first.metadata["by"] == "me"
        assert (first.metadata.correlation_id, first.metadata.actor) == ("r1", "ann")
        assert first.metadata.causation_id is None
        assert second.metadata == {}
        assert second.metadata.actor is None

    async def test_a_call_wins_over_what_is_bound_and_an_inner_block_over_an_outer_one(
        self,
        client: AsyncEventClient,
    ) -> None:
        with bound_metadata(actor="ann", tenant="x"), bound_metadata(actor="bob"):
            inner = await client.save_event(added(MILK))
            call = await client.save_event(added(EGGS), metadata={"actor": "eve"})
        assert inner.metadata == {"actor": "bob", "tenant": "x"}
        assert call.metadata.actor == "eve"

    async def test_a_validator_saves_both(self, client: AsyncEventClient) -> None:
        with bound_metadata(actor="ann"):
            (saved,) = await Anything(client, STREAM).apply(added(MILK)).save(metadata={"by": "me"})
        assert saved.metadata == {"actor": "ann", "by": "me"}
        assert await client.get_latest_event(STREAM) == saved

    async def test_what_follows_from_an_event_names_it(self, client: AsyncEventClient) -> None:
        first = await client.save_event(added(MILK))
        with caused_by(first):
            second = await client.save_event(completed(MILK))
        with caused_by(second):
            third = await client.save_event(added(EGGS))
        assert second.metadata == {"correlation_id": "1", "causation_id": "1"}
        assert third.metadata == {"correlation_id": "1", "causation_id": "2"}

    async def test_a_conflict_brings_the_metadata_as_well(self, client: AsyncEventClient) -> None:
        saved = await client.save_event(added(MILK), metadata={"actor": "ann", "n": [1, 2.5, None]})
        with pytest.raises(ConflictError) as caught:
            await client.save_event_with_stream_validation(
                added(EGGS), streams=[STREAM], latest_event_id=0
            )
        assert caught.value.events == (saved,)
        assert caught.value.events[0].metadata.actor == "ann"

    async def test_metadata_cannot_be_changed_by_what_was_given(
        self, client: AsyncEventClient
    ) -> None:
        given = {"actor": "ann"}
        saved = await client.save_event(added(MILK), metadata=given)
        given["actor"] = "eve"
        assert saved.metadata.actor == "ann"

    async def test_metadata_is_returned_as_it_is_read_later(self, client: AsyncEventClient) -> None:
        tags: list[JsonValue] = ["a"]
        given: Any = {
            "tags": tags,
            "pair": (1, (2.5, None)),
            7: {True: "yes", None: "no", 0.5: "half"},
            "numbers": [1e23, 1.5e300, -1e16, 12345678901234567890.0, 1e-7, 5e-324, -0.0, 1.0],
            "flat": True,
        }
        saved = await client.save_event(added(MILK), metadata=given)
        tags.append("b")
        (found,) = await client.get_event_stream(STREAM)
        assert saved.metadata == found.metadata
        assert (saved.metadata["tags"], saved.metadata["pair"]) == (["a"], [1, [2.5, None]])
        assert saved.metadata["7"] == {"true": "yes", "null": "no", "0.5": "half"}
