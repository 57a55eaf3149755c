"""What an in-memory client has besides what the contract asks of every client."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from time import sleep

import pytest

from database.journals import Journals
from storyline import (
    ConflictError,
    Projector,
    Recorded,
    SingleStreamValidator,
    UnwritableError,
)
from storyline.testing import InMemoryEventClient, NotInMemoryError
from storyline.testing.contract.story import (
    HOME,
    MILK,
    SAMPLE,
    TEA,
    ItemAdded,
    ItemId,
    ListEvent,
    Measured,
    added,
    list_stream,
)
from storyline.testing.jsonb import jsonb

STREAM = list_stream(list_id=HOME)
WRITERS, ROUNDS, ROOM = 8, 20, 25


class Slow(SingleStreamValidator[ListEvent, ItemAdded]):
    def is_valid(self) -> bool:
        sleep(0.05)
        return True


class Room(SingleStreamValidator[ListEvent, ItemAdded]):
    """There is no more room."""

    def is_valid(self) -> bool:
        return self.reduce_events(count, 0) <= ROOM


def count(before: int, event: Recorded[ListEvent]) -> int:
    return before + 1


def test_racing_validators_conflict_as_they_do_on_a_database() -> None:
    client = InMemoryEventClient(SAMPLE)
    met = Barrier(WRITERS)

    def decide(writer: int) -> int:
        """In the first round all have read before anybody saves."""
        conflicts = 0
        for number in range(ROUNDS):
            rule = Room(client, STREAM).apply(added(ItemId(f"{writer}.{number}")))
            is_valid = rule.is_valid()
            if number == 0:
                met.wait()
            try:
                if is_valid:
                    rule.save()
            except ConflictError:
                conflicts += 1
        return conflicts

    with ThreadPoolExecutor(WRITERS) as pool:
        conflicts = sum(pool.map(decide, range(WRITERS)))
    log = client.get_event_stream(STREAM)
    assert [event.id for event in log] == list(range(1, ROOM + 1))
    moments = [event.created_at for event in log]
    assert moments == sorted(set(moments))
    assert conflicts >= WRITERS - 1


def test_each_client_has_a_log_of_its_own() -> None:
    InMemoryEventClient(SAMPLE).save_event(added(MILK))
    assert InMemoryEventClient(SAMPLE).count(STREAM) == 0


def test_what_needs_a_database_says_so() -> None:
    client = InMemoryEventClient(SAMPLE)
    with client.transaction() as tx, pytest.raises(NotInMemoryError, match="connection"):
        _ = tx.connection
    with pytest.raises(NotInMemoryError, match="SQL"):
        Projector(client, [Journals]).run_until_caught_up()
    with pytest.raises(NotInMemoryError) as caught:
        Projector(client, [Journals]).run()
    assert caught.value.wanted == "projector"


def test_a_transaction_keeps_other_writers_waiting_and_readers_at_what_is_committed() -> None:
    client = InMemoryEventClient(SAMPLE)
    with ThreadPoolExecutor(1) as pool:
        with client.transaction() as tx:
            tx.save_event(added(MILK))
            waiting = pool.submit(client.save_event, added(TEA))
            assert client.count(STREAM) == 0
            assert not waiting.done()
        assert waiting.result().id == 2


def test_an_event_that_cannot_be_stored_is_refused_in_memory_too() -> None:
    with pytest.raises(UnwritableError):
        InMemoryEventClient(SAMPLE).save_event(Measured(text="a\0b"))


@pytest.mark.parametrize(
    ("text", "stored"), [("1E+2", "100"), ("-0.0", "0.0"), ("1.50", "1.50"), ("5E-2", "0.05")]
)
def test_numbers_are_kept_as_postgresql_prints_them(text: str, stored: str) -> None:
    assert str(jsonb(f'{{"a": [{text}]}}')["a"][0]) == str(Decimal(stored))


def test_of_threads_that_save_one_validator_one_saves_what_is_applied() -> None:
    with InMemoryEventClient(SAMPLE) as client:
        validator = Slow(client, STREAM).apply(added(MILK))
        with ThreadPoolExecutor(4) as pool:
            saved = list(pool.map(lambda _: validator.save(), range(4)))
        assert sorted(map(len, saved)) == [0, 0, 0, 1]
        assert client.count(STREAM) == 1
