"""`./dev bench log`: how fast the log is, as ratios in the same run.

On a server of its own. Rounds of the contenders alternate, since machines drift; what is told is
the median of the rounds, and of the ratios of each round. The peer is the library `eventsourcing`,
if `PEER` names the Python that has it (`python -m venv /tmp/peer && /tmp/peer/bin/pip install
'eventsourcing[postgres]'`, then `PEER=/tmp/peer/bin/python ./dev bench log`).
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import psycopg

from benchmarks.logs import BATCH, EVENTS, prepare
from storyline.embedded import start, stop
from storyline.migrations import migrate_up

MIGRATIONS = Path(__file__).resolve().parents[2] / "examples/todo/migrations"
PEER = os.environ.get("PEER")
HAND, OURS, COMMIT = "hand-written", "storyline", "a commit each"
AGGREGATES, DCB = "peer's aggregates", "peer's DCB recorder"


class Result(NamedTuple):
    rate: float
    memory: float
    """MiB, of the largest worker."""


@dataclass(frozen=True)
class Scenario:
    """Contenders do the same work; the first is what the others are measured against."""

    title: str
    contenders: Mapping[str, str]
    """How it is told → `module.function`."""
    processes: int = 1
    operations: int = 1
    """How many of what the title counts one call does."""
    events: int = EVENTS
    """In the log at the beginning of each round."""
    is_slow: bool = False
    """Whether a flush takes a millisecond longer."""


def scenarios() -> Iterator[Scenario]:
    peers = {AGGREGATES: "peers.append_to_aggregate", DCB: "peers.append_to_dcb"} if PEER else {}
    for processes in (1, 8):
        contenders = {HAND: "by_hand.insert", OURS: "ours.append", **peers}
        yield Scenario("append", contenders, processes)
    peers = {AGGREGATES: "peers.aggregate_command", DCB: "peers.dcb_command"} if PEER else {}
    for processes in (1, 8):
        contenders = {HAND: "by_hand.command", OURS: "ours.command", **peers}
        yield Scenario("command", contenders, processes)
    contenders = {COMMIT: "ours.append_with_a_flush_each", OURS: "ours.append"}
    yield Scenario("append, slow flush", contenders, 32, is_slow=True)
    yield Scenario("batch", {"bare COPY": "by_hand.copy", OURS: "ours.batch"}, operations=BATCH)
    yield Scenario("read", {"as text": "by_hand.fetch", OURS: "ours.read"}, operations=EVENTS)
    contenders = {"read": "ours.read", "fold": "ours.fold", "by pages": "ours.fold_by_pages"}
    yield Scenario("fold", contenders, operations=EVENTS)


def sizes() -> Iterator[Scenario]:
    """The same command on logs of three sizes: needs 8 GB of disk, and half an hour."""
    for events in (10_000, 1_000_000, 5_000_000):
        contenders = {HAND: "by_hand.command", OURS: "ours.command"}
        yield Scenario(f"command, {events:,}", contenders, events=events)


def measured(dsn: str, scenario: Scenario, rounds: int, seconds: float) -> dict[str, list[Result]]:
    """Operations a second of every contender, round by round, in turn."""
    results: dict[str, list[Result]] = {name: [] for name in scenario.contenders}
    for _ in range(rounds):
        for name, contender in scenario.contenders.items():
            prepare(dsn, scenario.events)
            rate, memory = result_of(dsn, contender, scenario.processes, seconds)
            results[name].append(Result(rate * scenario.operations, memory))
    return results


def result_of(dsn: str, contender: str, processes: int, seconds: float) -> Result:
    """All workers begin together, when the last of them is ready; each tells its own rate."""
    workers = [
        subprocess.Popen(
            command_of(contender, dsn, number, seconds),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(processes)
    ]
    for worker in workers:
        told(worker)
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("begin\n")
        worker.stdin.flush()
    results = [Result(*map(float, told(worker).split())) for worker in workers]
    for worker in workers:
        worker.communicate()
    return Result(sum(each.rate for each in results), max(each.memory for each in results))


def command_of(contender: str, dsn: str, number: int, seconds: float) -> Sequence[str]:
    module, function = contender.split(".")
    python = PEER if module == "peers" and PEER else sys.executable
    worker = (python, "-m", "benchmarks.worker", module, function)
    return (*worker, dsn, str(number), str(seconds))


def told(worker: subprocess.Popen[str]) -> str:
    assert worker.stdout is not None
    line = worker.stdout.readline()
    if not line:
        raise SystemExit("A worker has failed: what it says stands above.")
    return line


@contextmanager
def slow_flush(dsn: str, is_slow: bool) -> Iterator[None]:
    """PostgreSQL itself waits a millisecond before each flush, as a slower disk would."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        if is_slow:
            connection.execute("alter system set commit_delay = 1000")
            connection.execute("alter system set commit_siblings = 0")
            connection.execute("select pg_reload_conf()")
        yield
        connection.execute("alter system reset all")
        connection.execute("select pg_reload_conf()")


def report(scenario: Scenario, results: Mapping[str, Sequence[Result]]) -> str:
    (limit, limits), *_ = results.items()
    processes = f"{scenario.processes} process{'es' if scenario.processes > 1 else ''}"
    lines = [f"{scenario.title}, {processes}"]
    for name, each in results.items():
        ratios = [mine.rate / its.rate for mine, its in zip(each, limits, strict=True)]
        ratio = "" if name == limit else f"{statistics.median(ratios):.2f} of {limit}"
        rate = statistics.median(result.rate for result in each)
        memory = max(result.memory for result in each)
        lines.append(f"  {name:<22}{rate:>12,.0f}/s{memory:>7,.0f} MiB   {ratio}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each contender in a round")
    parser.add_argument("--only", default="", help="scenarios whose title begins so")
    parser.add_argument("--sizes", action="store_true", help="a command on logs of three sizes")
    chosen = parser.parse_args()
    wanted = sizes() if chosen.sizes else scenarios()
    with TemporaryDirectory(prefix="storyline-bench-") as folder:
        server = start(Path(folder))
        try:
            migrate_up(server.dsn, MIGRATIONS)
            if PEER and not chosen.sizes:
                result_of(server.dsn, "peers.fill", 1, 0)
            for scenario in wanted:
                if scenario.title.startswith(chosen.only):
                    with slow_flush(server.dsn, scenario.is_slow):
                        found = measured(server.dsn, scenario, chosen.rounds, chosen.seconds)
                    print(report(scenario, found), flush=True)
        finally:
            stop(Path(folder))


if __name__ == "__main__":
    main()
