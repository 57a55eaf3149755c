"""The bar: whatever happens to eight projectors, every state is that of a fresh fold.

`STORYLINE_CHAOS_SECONDS`, `STORYLINE_CHAOS_EVENTS` and `STORYLINE_CHAOS_CRASHES` make the run
longer, the log larger and the server break down; `STORYLINE_CHAOS_SEED` makes it another one.
`STORYLINE_CHAOS_PACE` is that of `Pace`. `STORYLINE_CHAOS_MISTAKE`, one of `MISTAKES`, shows that
the test can fail: in some runs, as the moments in which a mistake matters are short.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from database.chains import chains, fresh_chains
from database.clients.conftest import sample_migration
from database.projector_chaos import PROJECTIONS, Chaos, Pace, fill
from database.servers import DISK, answer, crash, eventually, new_folder, started
from storyline import EventClient, Projector
from storyline.embedded import RunningServer
from storyline.migrations import migrate_up
from storyline.testing.contract.story import SAMPLE

SECONDS = float(os.environ.get("STORYLINE_CHAOS_SECONDS", "8"))
EVENTS = int(os.environ.get("STORYLINE_CHAOS_EVENTS", "5000"))
SEED = int(os.environ.get("STORYLINE_CHAOS_SEED", "1"))
CRASHES = int(os.environ.get("STORYLINE_CHAOS_CRASHES", "0"))
PACE = Pace(*map(float, os.environ.get("STORYLINE_CHAOS_PACE", "1 0.25 0.0003").split()))
MISTAKE = os.environ.get("STORYLINE_CHAOS_MISTAKE")
LISTS = max(40, EVENTS // 100)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with new_folder(DISK) as folder:
        server = started(folder, wal_writer_delay="10s", max_connections="100")
        (tmp_path / "0001_sample.sql").write_text(sample_migration(), encoding="utf-8")
        migrate_up(server.dsn, tmp_path)
        yield server


def test_every_state_is_that_of_a_fresh_fold_whatever_happened(
    server: RunningServer, tmp_path: Path
) -> None:
    fill(server.dsn, EVENTS, LISTS)
    with Chaos(server.dsn, tmp_path, seed=SEED, lists=LISTS, pace=PACE, mistake=MISTAKE) as chaos:
        for _ in range(CRASHES):
            chaos.be_busy(SECONDS / (CRASHES + 1))
            crash(server)
            server = started(server.home.folder, wal_writer_delay="10s", max_connections="100")
        chaos.be_busy(SECONDS / (CRASHES + 1))
    print(Counter(chaos.done))
    catch_up(server)
    assert eventually(lambda: is_tidy(server), 60)
    assert chains(server.dsn) == fresh_chains(server.dsn)


def catch_up(server: RunningServer) -> None:
    with EventClient(SAMPLE, server.dsn) as client:
        Projector(client, PROJECTIONS).run_until_caught_up()


def is_tidy(server: RunningServer) -> bool:
    """Nothing is leased, behind, or left of former builds."""
    catch_up(server)
    return answer(server, LEFT_BEHIND) == 0


LEFT_BEHIND = """
    select (select count(*) from sample.projection_shards, sample.heads
        where owner is not null or position <> last_id)
    + (select count(*) from sample.projectors where expires_at > clock_timestamp())
    + (select count(*) from sample.projections left join sample.projection_builds
        using (type, version, build) where status is distinct from 'active')
"""
