"""`./dev bench log`: how fast the log is, as ratios in the same run.

On a server of its own. Rounds of the contenders alternate, since machines drift; what is told is
the median of the rounds, and of the ratios of each round. The peer is the library `eventsourcing`,
if `PEER` names the Python that has it (`python -m venv /tmp/peer && /tmp/peer/bin/pip install
'eventsourcing[postgres]' 'psycopg[binary]'`, then `PEER=/tmp/peer/bin/python ./dev bench log`).
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, TypeAlias

import psycopg

from benchmarks.logs import copied, fill
from benchmarks.scenarios import PEER, Contender, Scenario, scenarios, sizes
from storyline.embedded import start, stop


class Result(NamedTuple):
    rate: float
    memory: float
    """MiB, of the largest worker."""


Results: TypeAlias = Mapping[str, Sequence[Result]]


def measured(server: str, scenario: Scenario, rounds: int, seconds: float) -> Results:
    """Operations a second of every contender, round by round, in turn."""
    results: dict[str, list[Result]] = {name: [] for name in scenario.contenders}
    for _ in range(rounds):
        for name, contender in scenario.contenders.items():
            with copied(server, contender.events) as dsn, slow_flush(dsn, scenario.is_slow):
                found = result_of(dsn, contender, scenario.processes, seconds)
            results[name].append(Result(found.rate * scenario.operations, found.memory))
    return results


def result_of(dsn: str, contender: Contender, processes: int, seconds: float) -> Result:
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


def command_of(contender: Contender, dsn: str, number: int, seconds: float) -> Sequence[str]:
    python = PEER if contender.is_peer and PEER else sys.executable
    worker = (python, "-m", "benchmarks.worker", *contender.function.split("."))
    return (*worker, dsn, str(number), str(seconds))


def told(worker: subprocess.Popen[str]) -> str:
    assert worker.stdout is not None
    line = worker.stdout.readline()
    if not line:
        raise SystemExit("A worker has failed: what it says stands above.")
    return line


@contextmanager
def slow_flush(dsn: str, is_slow: bool) -> Generator[None]:
    """PostgreSQL itself waits a millisecond before each flush, as a slower disk would."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        if is_slow:
            connection.execute("alter system set commit_delay = 1000")
            connection.execute("alter system set commit_siblings = 0")
            connection.execute("select pg_reload_conf()")
        yield
        connection.execute("alter system reset all")
        connection.execute("select pg_reload_conf()")


def report(scenario: Scenario, results: Results) -> str:
    (limit, limits), *_ = results.items()
    lines = [str(scenario)]
    for name, each in results.items():
        ratios = [mine.rate / its.rate for mine, its in zip(each, limits, strict=True)]
        ratio = "" if name == limit else f"{statistics.median(ratios):.2f} of {limit}"
        rate = statistics.median(result.rate for result in each)
        memory = max(result.memory for result in each)
        lines.append(f"  {name:<22}{rate:>12,.0f}/s{memory:>7,.0f} MiB   {ratio}")
    return "\n".join(lines)


def prepare(server: str, wanted: Sequence[Scenario]) -> None:
    """Fills the logs that somebody will need."""
    contenders = [each for scenario in wanted for each in scenario.contenders.values()]
    for events in sorted({contender.events for contender in contenders}):
        say(f"filling a log with {events:,} events")
        dsn = fill(server, events)
        if any(contender.is_peer for contender in contenders):
            result_of(dsn, Contender("peers.fill"), 1, 0)


def say(progress: str) -> None:
    print(progress, file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each contender in a round")
    parser.add_argument("--only", default="", help="scenarios whose title begins so")
    parser.add_argument(
        "--sizes", action="store_true", help="the same on logs of three sizes: 8 GB of disk"
    )
    chosen = parser.parse_args()
    known = sizes() if chosen.sizes else scenarios()
    wanted = [scenario for scenario in known if scenario.title.startswith(chosen.only)]
    with TemporaryDirectory(prefix="storyline-bench-") as folder:
        server = start(Path(folder))
        try:
            prepare(server.dsn, wanted)
            for scenario in wanted:
                say(f"measuring {scenario}")
                results = measured(server.dsn, scenario, chosen.rounds, chosen.seconds)
                print(report(scenario, results), flush=True)
        finally:
            stop(Path(folder))


if __name__ == "__main__":
    main()
