"""Several calls that happen together, or not at all."""

import pytest

from storyline import AsyncEventClient, ConflictError, TransactionOverError
from storyline.testing.contract.story import EGGS, HOME, MILK, TEA, added, list_stream
from storyline.testing.contract.suite import AsyncSuite

STREAM = list_stream(list_id=HOME)


async def save_and_fail(client: AsyncEventClient, command_id: str) -> None:
    async with client.transaction() as tx:
        await tx.save_event(added(TEA), command_id=command_id)
        raise KeyError


class AsyncTransactions(AsyncSuite):
    """Several calls that happen together, or not at all."""

    async def test_what_is_saved_in_a_block_is_seen_there_and_at_its_end_by_all(
        self, client: AsyncEventClient
    ) -> None:
        async with client.transaction() as tx:
            first = await tx.save_event(added(MILK))
            second = await tx.save_event_with_stream_validation(
                added(EGGS),
                streams=[STREAM],
                latest_event_id=first.id,
                latest_event_at=first.created_at,
            )
            assert await tx.get_event_stream(STREAM) == (first, second)
            assert await client.get_event_stream(STREAM) == ()
        assert await client.get_event_stream(STREAM) == (first, second)

    async def test_an_exception_undoes_a_block(self, client: AsyncEventClient) -> None:
        with pytest.raises(KeyError):
            await save_and_fail(client, "c1")
        assert await client.get_event_stream(STREAM) == ()
        assert (await client.save_event(added(EGGS), command_id="c1")).id == 1

    async def test_a_conflict_leaves_the_transaction_usable(self, client: AsyncEventClient) -> None:
        await client.save_event(added(MILK))
        async with client.transaction() as tx:
            with pytest.raises(ConflictError):
                await tx.save_event_with_stream_validation(
                    added(EGGS), streams=[STREAM], latest_event_id=0
                )
            assert (await tx.save_event(added(EGGS))).id == 2
        assert await client.count(STREAM) == 2

    async def test_a_transaction_within_another_is_undone_alone(
        self, client: AsyncEventClient
    ) -> None:
        async with client.transaction() as tx:
            await tx.save_event(added(MILK))
            with pytest.raises(KeyError):
                await save_and_fail(tx, "c1")
            assert (await tx.save_event(added(EGGS))).id == 2
        assert await client.count(STREAM) == 2

    async def test_a_transaction_cannot_be_used_when_it_is_over(
        self, client: AsyncEventClient
    ) -> None:
        async with client.transaction() as tx:
            await tx.save_event(added(MILK))
        with pytest.raises(TransactionOverError):
            await tx.save_event(added(EGGS))
