"""Subscribers that share, die, hang and outlive their server: nothing is lost or overtaken."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from database.clients.test_surroundings import with_setting
from database.journals import history
from database.projector_processes import appending, send
from database.servers import DISK, crash, eventually, kill, new_folder, started
from database.subscribers import (
    LISTS,
    by_list,
    handed_out,
    is_in_order,
    running,
    start,
    subscribers,
)
from database.test_durability import NO_HELP, append_without_flush, started_with_sample
from storyline import EventClient
from storyline._sync.batches import Batches
from storyline.embedded import RunningServer
from storyline.testing.contract.story import EGGS, MILK, SAMPLE, TEA, added


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    return tmp_path / "notes"


@pytest.fixture
def folder() -> Iterator[Path]:
    with new_folder(DISK) as folder:
        yield folder


@pytest.fixture
def client(sample_dsn: str) -> EventClient:
    return EventClient(SAMPLE, sample_dsn)


def first(client: EventClient) -> int:
    return next(iter(client.subscribe(LISTS, name="mail"))).id


@pytest.mark.parametrize("end", [crash, kill])
def test_what_was_handed_out_survives_a_crash(
    folder: Path, end: Callable[[RunningServer], None]
) -> None:
    """It could be seen before it was on disk: but who has mailed it cannot take it back."""
    server = started_with_sample(folder)
    with EventClient(SAMPLE, server.dsn) as client:
        append_without_flush(server.dsn)
        assert first(client) == 1
        end(server)
    server = started(folder, **NO_HELP)
    with EventClient(SAMPLE, server.dsn) as client:
        assert [event.id for event in client.get_event_stream(LISTS)] == [1]


def test_without_a_commit_after_the_read_it_does_not(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shows that the test above can fail."""
    server = started_with_sample(folder)
    with EventClient(SAMPLE, server.dsn) as client:
        client.save_event(added(MILK))
        subscription = iter(client.subscribe(LISTS, name="mail"))
        next(subscription)
        monkeypatch.setattr(Batches, "flush", lambda *_: None)
        append_without_flush(server.dsn)
        assert next(subscription).id == 2
        crash(server)
        subscription.close()  # type: ignore[attr-defined]
    server = started(folder, **NO_HELP)
    with EventClient(SAMPLE, server.dsn) as client:
        assert [event.id for event in client.get_event_stream(LISTS)] == [1]


def test_a_session_that_does_not_wait_for_the_disk_makes_no_difference(folder: Path) -> None:
    server = started_with_sample(folder)
    with EventClient(SAMPLE, with_setting(server.dsn, "synchronous_commit", "off")) as client:
        append_without_flush(server.dsn)
        assert first(client) == 1
        crash(server)
    server = started(folder, **NO_HELP)
    with EventClient(SAMPLE, server.dsn) as client:
        assert [event.id for event in client.get_event_stream(LISTS)] == [1]


def test_a_subscription_goes_on_after_a_restart_of_the_server(folder: Path) -> None:
    server = started_with_sample(folder)
    with EventClient(SAMPLE, server.dsn) as client:
        client.save_event(added(MILK))
        subscription = iter(client.subscribe(LISTS, name="mail"))
        assert next(subscription).id == 1
        crash(server)
        server = started(folder)
        client.save_event(added(EGGS))
        assert [next(subscription).id, next(subscription).id] == [1, 2], "1 was not yet done"


def test_one_subscriber_at_a_time_is_handed_events(
    client: EventClient, sample_dsn: str, notes: Path
) -> None:
    client.save_events([added(MILK)] * 300)
    with running(sample_dsn, notes, 3, seconds=0.01):
        assert eventually(lambda: len(handed_out(notes)) == 300, 30)
    assert handed_out(notes) == list(range(1, 301))
    assert len(subscribers(notes)) == 1


def test_who_shares_a_subscription_shares_no_event(client: EventClient) -> None:
    """Made before threads or a fork, it is still one consumer for each of them."""
    client.save_events([added(MILK)] * 60)
    subscription, ids = client.subscribe(LISTS, name="mail"), list[int]()

    def consume() -> None:
        for event in subscription:
            ids.append(event.id)
            time.sleep(0.05)

    threads = [threading.Thread(target=consume, daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert eventually(lambda: 60 in ids, 20)
    subscription.stop()
    for thread in threads:
        thread.join()
    assert ids == list(range(1, 61))
    assert list(subscription) == [], "a stop is for good"


def test_another_takes_over_at_once_from_one_that_stops(sample_dsn: str, notes: Path) -> None:
    with appending(sample_dsn), running(sample_dsn, notes) as processes:
        for process in processes[:]:
            assert eventually(lambda: subscribers(notes), 20)
            processes.append(start(sample_dsn, notes))
            send(process, signal.SIGTERM)
            process.join()
            assert process.exitcode == 0
        assert eventually(lambda: len(subscribers(notes)) == 2, 5)
    ids = handed_out(notes)
    assert ids == list(range(1, len(ids) + 1)), "none came again"


def test_another_takes_over_from_one_that_is_killed(sample_dsn: str, notes: Path) -> None:
    with appending(sample_dsn), running(sample_dsn, notes) as processes:
        assert eventually(lambda: len(handed_out(notes)) > 20, 20)
        processes[0].kill()
        processes.append(start(sample_dsn, notes))
        assert eventually(lambda: len(subscribers(notes)) == 2, 15)
    ids = handed_out(notes)
    assert is_in_order(ids)
    assert sorted(set(ids)) == list(range(1, max(ids) + 1))
    assert len(ids) - len(set(ids)) <= 1, "only what was in work came again"


def test_a_zombie_does_not_move_the_position(sample_dsn: str, notes: Path) -> None:
    with running(sample_dsn, notes, seconds=0.02) as processes:
        with appending(sample_dsn):
            assert eventually(lambda: len(handed_out(notes)) > 20, 20)
            send(processes[0], signal.SIGSTOP)
            processes.append(start(sample_dsn, notes))
            assert eventually(lambda: len(subscribers(notes)) == 2, 15)
            send(processes[0], signal.SIGCONT)
            time.sleep(0.5)
        last = len(all_ids(sample_dsn))
        assert eventually(lambda: max(handed_out(notes)) == last, 30)
    ids = handed_out(notes)
    assert is_in_order(ids)
    assert sorted(set(ids)) == list(range(1, last + 1))
    assert len(ids) - len(set(ids)) <= 2


def all_ids(dsn: str) -> list[int]:
    with EventClient(SAMPLE, dsn) as client:
        return [event.id for event in client.get_event_stream(LISTS)]


def test_who_works_long_keeps_the_lease(client: EventClient, sample_dsn: str, notes: Path) -> None:
    """Longer than a lease lasts, though its own loop has stood still."""
    client.save_events([added(MILK), added(EGGS)])
    with running(sample_dsn, notes, 2, seconds=8):
        assert eventually(lambda: len(handed_out(notes)) == 2, 30)
    assert handed_out(notes) == [1, 2]
    assert len(subscribers(notes)) == 1


def test_subscribers_share_the_keys_and_keep_the_order_of_each(
    sample_dsn: str, notes: Path
) -> None:
    with running(sample_dsn, notes, 3, is_shared=True) as processes:
        with appending(sample_dsn):
            assert eventually(lambda: len(subscribers(notes)) == 3, 20)
            processes[0].kill()
            send(processes[1], signal.SIGTERM)
            processes.append(start(sample_dsn, notes, is_shared=True))
            assert eventually(lambda: len(subscribers(notes)) == 4, 20)
        expected = history(sample_dsn)
        assert eventually(lambda: each_once(by_list(notes)) == expected, 30)
    assert all(map(is_in_order, by_list(notes).values()))


def each_once(ids: dict[str, list[int]]) -> dict[str, list[int]]:
    return {key: sorted(set(several)) for key, several in ids.items()}


def test_a_subscription_that_begins_now_leaves_out_what_is_there(client: EventClient) -> None:
    client.save_events([added(MILK), added(EGGS)])
    subscription = client.subscribe(LISTS, name="mail", after=None)
    found: list[int] = []

    def subscribe() -> None:
        for event in subscription:
            found.append(event.id)
            subscription.stop()

    thread = threading.Thread(target=subscribe)
    thread.start()
    assert eventually(lambda: has_begun(client))
    client.save_event(added(TEA))
    thread.join()
    assert found == [3]


def has_begun(client: EventClient) -> bool:
    with client.transaction() as tx:
        return bool(tx.connection.execute("select from sample.projection_shards").fetchall())
