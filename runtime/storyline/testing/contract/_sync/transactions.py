# Made by runtime/make_sync.py; edit runtime/storyline/testing/contract/_async/transactions.py
"""Several calls that happen together, or not at all."""

import pytest

from storyline import ConflictError, EventClient, TransactionOverError
from storyline.testing.contract.story import EGGS, HOME, MILK, TEA, added, list_stream
from storyline.testing.contract.suite import Suite

STREAM = list_stream(list_id=HOME)


def save_and_fail(client: EventClient, command_id: str) -> None:
    with client.transaction() as tx:
        tx.save_event(added(TEA), command_id=command_id)
        raise KeyError


class Transactions(Suite):
    """Several calls that happen together, or not at all."""

    def test_what_is_saved_in_a_block_is_seen_there_and_at_its_end_by_all(
        self, client: EventClient
    ) -> None:
        with client.transaction() as tx:
            first = tx.save_event(added(MILK))
            second = tx.save_event_with_stream_validation(
                added(EGGS),
                streams=[STREAM],
                latest_event_id=first.id,
                latest_event_at=first.created_at,
            )
            assert tx.get_event_stream(STREAM) == (first, second)
            assert client.get_event_stream(STREAM) == ()
        assert client.get_event_stream(STREAM) == (first, second)

    def test_an_exception_undoes_a_block(self, client: EventClient) -> None:
        with pytest.raises(KeyError):
            save_and_fail(client, "c1")
        assert client.get_event_stream(STREAM) == ()
        assert (client.save_event(added(EGGS), command_id="c1")).id == 1

    def test_a_conflict_leaves_the_transaction_usable(self, client: EventClient) -> None:
        client.save_event(added(MILK))
        with client.transaction() as tx:
            with pytest.raises(ConflictError):
                tx.save_event_with_stream_validation(
                    added(EGGS), streams=[STREAM], latest_event_id=0
                )
            assert (tx.save_event(added(EGGS))).id == 2
        assert client.count(STREAM) == 2

    def test_a_transaction_within_another_is_undone_alone(self, client: EventClient) -> None:
        with client.transaction() as tx:
            tx.save_event(added(MILK))
            with pytest.raises(KeyError):
                save_and_fail(tx, "c1")
            assert (tx.save_event(added(EGGS))).id == 2
        assert client.count(STREAM) == 2

    def test_a_transaction_cannot_be_used_when_it_is_over(self, client: EventClient) -> None:
        with client.transaction() as tx:
            tx.save_event(added(MILK))
        with pytest.raises(TransactionOverError):
            tx.save_event(added(EGGS))
