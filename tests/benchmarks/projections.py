"""`./dev bench projections`: how fast states follow the log, as ratios in the same run.

On a server of its own. Rounds of the contenders alternate, since machines drift; what is told is
the median of the rounds, and of the ratios of each round.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.live import lag, loss
from benchmarks.rebuilding import memory, rebuild
from storyline.embedded import start, stop
from storyline.migrations import migrate_up

MIGRATIONS = Path(__file__).resolve().parents[2] / "examples/todo/migrations"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--states", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=10.0, help="of each live round")
    parser.add_argument("--only", choices=("rebuild", "memory", "lag", "loss"))
    chosen = parser.parse_args()
    with TemporaryDirectory(prefix="storyline-bench-") as folder:
        server = start(Path(folder))
        try:
            migrate_up(server.dsn, MIGRATIONS)
            if chosen.only in (None, "rebuild"):
                rebuild(server.dsn, chosen.events, chosen.states, chosen.rounds)
            if chosen.only in (None, "memory"):
                memory(server.dsn, chosen.events, chosen.states)
            if chosen.only in (None, "lag"):
                lag(server.dsn, chosen.rounds, chosen.seconds)
            if chosen.only in (None, "loss"):
                loss(server.dsn, chosen.rounds, chosen.seconds)
        finally:
            stop(Path(folder))


if __name__ == "__main__":
    main()
