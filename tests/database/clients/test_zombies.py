"""A process that is frozen while it writes, and goes on when another has taken its place."""

import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from database.journals import history, journals
from database.projector_processes import caught_up, owners, send
from database.servers import eventually
from database.zombies import is_frozen, start
from storyline import EventClient
from storyline.testing.contract.story import EGGS, MILK, SAMPLE, TEA, WORK, added

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def is_whole_after_a_zombie_has_written(
    dsn: str, folder: Path, stack: ExitStack, mistake: str | None
) -> bool:
    """Its successor has folded the same event, and newer ones, and stands still by then."""
    with EventClient(SAMPLE, dsn) as client:
        client.save_events([added(MILK), added(MILK, WORK)])
        zombie = start(dsn, folder, mistake)
        stack.callback(zombie.join)
        stack.callback(zombie.kill)
        assert eventually(lambda: caught_up(dsn), 20)
        (folder / "freeze").touch()
        client.save_events([added(EGGS), added(EGGS, WORK)])
        assert eventually(lambda: is_frozen(zombie), 20)
        assert sum(map(len, journals(dsn).values())) == 2, "it has not written"
        before = set(owners(dsn))

        heir = start(dsn, folder, mistake)
        stack.callback(heir.join)
        stack.callback(heir.kill)
        client.save_events([added(TEA), added(TEA, WORK)])
        assert eventually(lambda: caught_up(dsn) and before.isdisjoint(owners(dsn)), 20)
        assert journals(dsn) == history(dsn)

        send(zombie, signal.SIGCONT)
        assert eventually((folder / "written").exists, 20)
        return journals(dsn) == history(dsn)


def test_what_a_zombie_writes_after_another_has_taken_over_changes_nothing(
    sample_dsn: str, tmp_path: Path, stack: ExitStack
) -> None:
    assert is_whole_after_a_zombie_has_written(sample_dsn, tmp_path, stack, None)
    assert eventually(lambda: len(owners(sample_dsn)) == 2, 20), "it is one of them again"
    with EventClient(SAMPLE, sample_dsn) as client:
        client.save_events([added(MILK), added(MILK, WORK)])
    assert eventually(lambda: caught_up(sample_dsn), 20)
    assert journals(sample_dsn) == history(sample_dsn)


def test_without_a_fence_it_would(sample_dsn: str, tmp_path: Path, stack: ExitStack) -> None:
    assert not is_whole_after_a_zombie_has_written(sample_dsn, tmp_path, stack, "forget_the_fence")
