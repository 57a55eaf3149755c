"""A projector that freezes itself at the worst moment: it has folded, and is about to write."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from database import forked
from database.journals import Everything, Journals
from database.projector_chaos import MISTAKES
from storyline import EventClient, Projector
from storyline._sync.batches import Batches
from storyline.projecting import leasing, pace
from storyline.projecting.shards import Lease
from storyline.testing.contract.story import SAMPLE

LEASE_SECONDS = 1.0


def run(dsn: str, folder: Path, mistake: str | None) -> None:
    """It freezes with the next write after there is a file `freeze`; `written` tells of its end."""
    leasing.LEASE_SECONDS, pace.TICK_SECONDS = LEASE_SECONDS, 0.1
    logging.basicConfig(level=logging.WARNING, filename=os.devnull)
    if mistake:
        MISTAKES[mistake]()
    write = Batches.flush

    def written_by_a_zombie(self: Batches, leases: Sequence[Lease], *also: Any) -> None:
        is_zombie = (folder / "freeze").exists()
        if is_zombie:
            (folder / "freeze").unlink()
            os.kill(os.getpid(), signal.SIGSTOP)
        try:
            write(self, leases, *also)
        finally:
            if is_zombie:
                (folder / "written").touch()

    setattr(Batches, "flush", written_by_a_zombie)  # noqa: B010
    with EventClient(SAMPLE, dsn) as client:
        Projector(client, [Journals, Everything]).run()


def start(dsn: str, folder: Path, mistake: str | None) -> BaseProcess:
    return forked.start(run, dsn, folder, mistake)


def is_frozen(process: BaseProcess) -> bool:
    status = Path(f"/proc/{process.pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] == "T"
