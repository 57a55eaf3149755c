"""Many projectors on one log: whatever happens to them, each event is in each state once."""

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import psycopg
import pytest
from psycopg.errors import IdleInTransactionSessionTimeout
from psycopg.sql import SQL

from database.clients.conftest import sample_migration
from database.journals import Journals, history, journals
from database.projector_processes import (
    appending,
    caught_up,
    owners,
    running,
    send,
    start,
)
from database.servers import DISK, crash, eventually, new_folder, started
from storyline import EventClient, Projector
from storyline._sync.connections import Session
from storyline._sync.projector import Work
from storyline.migrations import migrate_up
from storyline.projecting import batches, leasing, pace
from storyline.statements import Statement
from storyline.testing.contract.story import EGGS, MILK, SAMPLE, added


def everything_is_folded_once(dsn: str) -> bool:
    expected = history(dsn)
    everything = sorted(id for ids in expected.values() for id in ids)
    return journals(dsn) == expected and journals(dsn, "everything") == {"": everything}


def test_shards_are_shared_out_evenly_and_move_when_processes_come_and_go(
    sample_dsn: str,
) -> None:
    with running(sample_dsn, "plain") as processes:
        assert eventually(lambda: list(owners(sample_dsn).values()) == [17], 20)
        processes += [start(sample_dsn), start(sample_dsn)]
        assert eventually(lambda: sorted(owners(sample_dsn).values()) == [5, 6, 6], 20)
        send(processes[0], signal.SIGTERM)
        assert eventually(lambda: sorted(owners(sample_dsn).values()) == [8, 9], 20)
        processes[0].join()
        assert processes[0].exitcode == 0
        processes[1].kill()
        assert eventually(lambda: list(owners(sample_dsn).values()) == [17], 20)


def test_who_shares_a_projector_shares_its_shards_out(sample_dsn: str) -> None:
    with EventClient(SAMPLE, sample_dsn) as client:
        projector = Projector(client, [Journals])
        threads = [Thread(target=projector.run, daemon=True) for _ in range(2)]
        for thread in threads:
            thread.start()
        assert eventually(lambda: list(owners(sample_dsn).values()) == [4, 4], 20)
        projector.stop()
        for thread in threads:
            thread.join()


def test_killed_processes_skip_and_double_nothing(sample_dsn: str) -> None:
    with appending(sample_dsn), running(sample_dsn, "plain", "plain") as processes:
        for number in range(4):
            time.sleep(0.7)
            processes[number].kill()
            processes.append(start(sample_dsn))
        time.sleep(0.5)
    with running(sample_dsn, "plain"):
        assert eventually(lambda: caught_up(sample_dsn), 20)
    assert everything_is_folded_once(sample_dsn)


def test_a_process_that_was_frozen_writes_nothing_after_another_has_taken_over(
    sample_dsn: str,
) -> None:
    with running(sample_dsn, "plain") as processes:
        with appending(sample_dsn):
            assert eventually(lambda: owners(sample_dsn), 20)
            time.sleep(0.3)
            send(processes[0], signal.SIGSTOP)
            processes.append(start(sample_dsn))
            frozen = set(owners(sample_dsn))
            assert eventually(lambda: set(owners(sample_dsn)).isdisjoint(frozen), 20)
            send(processes[0], signal.SIGCONT)
            time.sleep(0.3)
        assert eventually(lambda: caught_up(sample_dsn), 20)
        assert everything_is_folded_once(sample_dsn)


def test_what_a_zombie_has_folded_is_not_written(
    sample_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Step by step: its leases are taken over while it is frozen between two batches."""
    with (
        EventClient(SAMPLE, sample_dsn) as client,
        client.log.session() as one,
        client.log.session() as other,
    ):
        monkeypatch.setattr(pace, "next_tick", lambda _: 60.0)  # it does not look around by itself
        zombie = Work(SAMPLE, one, "zombie", [Journals])
        zombie.begin()
        client.save_event(added(MILK))
        zombie.step()
        expire(sample_dsn)
        Projector(client, [Journals]).run_until_caught_up()
        client.save_event(added(EGGS))
        zombie.step()
        assert journals(sample_dsn) == {"home": [1]}
        heir = Work(SAMPLE, other, "heir", [Journals])
        heir.step()
        zombie.leave()
        heir.step()
        assert journals(sample_dsn) == {"home": [1, 2]}


def test_a_position_does_not_move_without_the_states(
    sample_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a process leaves that dies between the two."""
    with EventClient(SAMPLE, sample_dsn) as client:
        client.save_event(added(MILK))
        with monkeypatch.context() as dying:
            death = Statement(SQL("do $$ begin raise 'dying'; end $$"))
            dying.setattr(batches, "write_states", lambda *_: death)
            with pytest.raises(psycopg.errors.RaiseException):
                Projector(client, [Journals]).run_until_caught_up()
        Projector(client, [Journals]).run_until_caught_up()
    assert journals(sample_dsn) == {"home": [1]}


def test_a_process_that_is_frozen_within_a_transaction_holds_nobody_up(
    sample_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its locks would: so it loses its connection."""
    monkeypatch.setattr(leasing, "LEASE_SECONDS", 1)
    with (
        EventClient(SAMPLE, sample_dsn) as client,
        client.log.session() as one,
        client.log.session() as other,
    ):
        client.save_event(added(MILK))
        frozen = Work(SAMPLE, one, "frozen", [Journals])
        frozen.begin()
        frozen.step()
        client.save_event(added(EGGS))
        heir = Work(SAMPLE, other, "heir", [Journals])
        with pytest.raises(IdleInTransactionSessionTimeout):
            freeze_with_its_leases_locked(one, lambda: everything_is_with(heir, sample_dsn))


def freeze_with_its_leases_locked(session: Session, until: Callable[[], bool]) -> None:
    with session.transaction(leasing.LEASE_SECONDS):
        session.run(leasing.renew(SAMPLE, "frozen"))
        assert eventually(until)


def everything_is_with(heir: Work, dsn: str) -> bool:
    heir.begin()
    heir.step()
    return journals(dsn) == {"home": [1, 2]}


def expire(dsn: str) -> None:
    """As if nothing had been heard of any process for long."""
    with psycopg.connect(dsn) as connection:
        connection.execute("update sample.projection_shards set expires_at = '-infinity'")
        connection.execute("update sample.projectors set expires_at = '-infinity'")


def test_a_revised_fold_is_built_by_all_while_writers_append(sample_dsn: str) -> None:
    with EventClient(SAMPLE, sample_dsn) as client:
        client.save_events([added(MILK)] * 3000)
        Projector(client, [Journals]).run_until_caught_up()
    with (
        appending(sample_dsn),
        running(sample_dsn, "plain", "revised", "revised"),
    ):
        assert eventually(lambda: journals(sample_dsn)["home"][:2] == [1, 1], 20)
    with running(sample_dsn, "revised"):
        assert eventually(lambda: caught_up(sample_dsn), 20)
    expected = {id: sorted([*ids, *ids]) for id, ids in history(sample_dsn).items()}
    assert journals(sample_dsn) == expected


@pytest.fixture
def folder() -> Iterator[Path]:
    with new_folder(DISK) as folder:
        yield folder


def test_projectors_go_on_after_a_crash_of_the_server(folder: Path, tmp_path: Path) -> None:
    server = started(folder, wal_writer_delay="10s")
    (tmp_path / "0001_sample.sql").write_text(sample_migration(), encoding="utf-8")
    migrate_up(server.dsn, tmp_path)
    with EventClient(SAMPLE, server.dsn) as client:
        client.save_events([added(MILK)] * 50)
    with running(server.dsn, "plain", "plain"):
        assert eventually(lambda: caught_up(server.dsn), 20)
        crash(server)
        server = started(folder, wal_writer_delay="10s")
        with EventClient(SAMPLE, server.dsn) as client:
            client.save_events([added(MILK)] * 50)
        assert eventually(lambda: caught_up(server.dsn)), "each failure made its next pause longer"
    assert everything_is_folded_once(server.dsn)
