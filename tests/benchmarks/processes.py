"""Whole processes, run in turn and repeatedly → the median of what each of them took."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

SPOILER = "PYTHONDONTWRITEBYTECODE"
"""With it, each process would compile every module anew, which no user's does."""


@dataclass(frozen=True, slots=True)
class Program:
    """A command, and what must be so before it starts, which is not measured."""

    command: Sequence[str]
    folder: Path
    prepare: Callable[[], object] = lambda: None
    warm_up: int = 1
    """Runs before the first that counts: a cache may need them."""


@dataclass(frozen=True, slots=True)
class Cost:
    cpu: float
    """Seconds, of the user and of the system, children among them."""
    wall: float
    memory: float
    """MiB at the peak, of the process or of its largest child."""


def measured(programs: Mapping[str, Program], rounds: int) -> dict[str, Cost]:
    """Interleaved, so that a noisy minute of the machine meets them all."""
    for program in programs.values():
        for _ in range(program.warm_up):
            _run(program)
    costs: dict[str, list[Cost]] = {name: [] for name in programs}
    for _ in range(rounds):
        for name, program in programs.items():
            costs[name].append(_run(program))
    return {name: _median(each) for name, each in costs.items()}


def environment() -> dict[str, str]:
    return {name: text for name, text in os.environ.items() if name != SPOILER}


def _run(program: Program) -> Cost:
    program.prepare()
    started = time.monotonic()
    process = os.fork()
    if process == 0:
        _become(program)
    _, status, usage = os.wait4(process, 0)
    if status:
        raise RuntimeError(f"{' '.join(program.command)} failed in {program.folder}")
    cpu = usage.ru_utime + usage.ru_stime
    return Cost(cpu, time.monotonic() - started, usage.ru_maxrss / 1024)


def _become(program: Program) -> None:
    os.chdir(program.folder)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.execvpe(program.command[0], list(program.command), environment())


def _median(costs: Sequence[Cost]) -> Cost:
    return Cost(
        median(cost.cpu for cost in costs),
        median(cost.wall for cost in costs),
        median(cost.memory for cost in costs),
    )
