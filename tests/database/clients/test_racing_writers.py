"""Many writers at once: one order, no gap, and one winner for each decision."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier

from storyline import ConflictError, EventClient
from storyline.testing.contract.story import (
    HOME,
    MILK,
    SAMPLE,
    ItemId,
    added,
    list_stream,
    one_item,
)

WRITERS = 8
ROUNDS = 10


def test_of_eight_processes_that_decide_on_the_same_events_one_wins(sample_dsn: str) -> None:
    context = get_context("spawn")
    start = context.Barrier(WRITERS)
    writers = [
        context.Process(target=write_rounds, args=(sample_dsn, start)) for _ in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0] * WRITERS
    with EventClient(SAMPLE, sample_dsn) as client:
        log = client.get_event_stream(list_stream(list_id=HOME))
    assert [event.id for event in log] == list(range(1, ROUNDS + 1))
    winners = [str(event.data) for event in log]
    assert winners == [str(added(ItemId(f"round {number}"))) for number in range(ROUNDS)]


def write_rounds(dsn: str, start: Barrier) -> None:
    with EventClient(SAMPLE, dsn) as client:
        client.get_latest_event(one_item(item_id=MILK))
        for number in range(ROUNDS):
            item = ItemId(f"round {number}")
            start.wait()
            with suppress(ConflictError):
                client.save_event_with_stream_validation(
                    added(item), streams=[one_item(item_id=item)], latest_event_id=0
                )


def test_of_eight_processes_that_repeat_the_same_commands_each_is_done_once(
    sample_dsn: str,
) -> None:
    context = get_context("spawn")
    start = context.Barrier(WRITERS)
    writers = [
        context.Process(target=repeat_commands, args=(sample_dsn, start, number % 2))
        for number in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0] * WRITERS
    with EventClient(SAMPLE, sample_dsn) as client:
        log = client.get_event_stream(list_stream(list_id=HOME))
    rounds = [added(ItemId(f"round {number // 2}")) for number in range(2 * ROUNDS)]
    assert [event.data for event in log] == rounds


def repeat_commands(dsn: str, start: Barrier, condition: int) -> None:
    """Each round is two events in one batch, with a condition or without."""
    with EventClient(SAMPLE, dsn) as client:
        for number in range(ROUNDS):
            item = ItemId(f"round {number}")
            events, id = [added(item), added(item)], f"command {number}"
            start.wait()
            if condition:
                recorded = client.save_events_with_stream_validation(
                    events, streams=[one_item(item_id=item)], latest_event_id=0, command_id=id
                )
            else:
                recorded = client.save_events(events, command_id=id)
            assert [event.id for event in recorded] == [2 * number + 1, 2 * number + 2]


def test_threads_share_a_client_and_leave_no_gap(sample_dsn: str) -> None:
    with EventClient(SAMPLE, sample_dsn) as client, ThreadPoolExecutor(WRITERS) as threads:
        events = [added(ItemId(str(number))) for number in range(100)]
        recorded = list(threads.map(client.save_event, events))
        assert sorted(event.id for event in recorded) == list(range(1, 101))
        stream = client.get_event_stream(list_stream(list_id=HOME))
        assert {event.id: event for event in stream} == {event.id: event for event in recorded}
