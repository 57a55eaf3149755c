"""A process of `./dev bench log`: says when it is ready, waits for a line, then what it has done.

`python -m benchmarks.worker MODULE CONTENDER DSN NUMBER SECONDS`. A peer's runs in the peer's own
environment, so this imports nothing but the contender's module. It is done before its time if
the contender has nothing left to work on.
"""

from __future__ import annotations

import resource
import sys
import time
from contextlib import suppress
from importlib import import_module


def main(module: str, contender: str, dsn: str, number: str, seconds: str) -> None:
    operation = getattr(import_module(f"benchmarks.{module}"), contender)(dsn, int(number))
    operation()
    print("ready", flush=True)
    sys.stdin.readline()
    begin, count = time.perf_counter(), 0
    with suppress(StopIteration):
        while time.perf_counter() < begin + float(seconds) or count < 2:
            operation()
            count += 1
    spent = time.perf_counter() - begin
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(count / spent, memory, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
