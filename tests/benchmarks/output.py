"""What generated code costs who imports it: time and memory of the import, and of decoding."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from statistics import median

ROUNDS = 7

_IMPORT = """\
import sys, time, tracemalloc
import pydantic, storyline
if {traced}: tracemalloc.start()
started = time.perf_counter()
import app.story.bench as package
if {traced}: print(tracemalloc.get_traced_memory()[1] / 1024)
else: print(1000 * (time.perf_counter() - started))
"""
_FIRST_USE = """\
import time
from storyline.events import read_json  # with it comes pydantic, which the application has anyway
started = time.perf_counter()
from app.story.bench import BENCH
for name in {names}: read_json(BENCH.event_class(name), {data!r})
print(1000 * (time.perf_counter() - started))
"""
_DECODE = """\
from timeit import repeat
from app.story.bench import BENCH
from storyline.events import read_json
bound = BENCH.event_class("THING0_HAPPENED0").__pydantic_validator__.validate_json
def by_name(): return read_json(BENCH.event_class("THING0_HAPPENED0"), {data!r})
def by_validator(): return bound({data!r}, extra="ignore", by_alias=True, by_name=False)
took = [min(repeat(each, number=20_000, repeat=9)) for each in (by_name, by_validator)]
print(took[0] / took[1])
"""
_DATA = (
    '{"thing0_id": "t", "item_id": "i", "title": "x", "amount": 1, "priority": "low", "tags": []}'
)
_EVENTS = [f"THING0_HAPPENED{number}" for number in range(10)]


def main(small: Path, large: Path) -> None:
    print("\nThe output: medians of processes of their own")
    for project in (small, large):
        took, size = (_median(_IMPORT.format(traced=traced), project) for traced in (False, True))
        name = project.name.removeprefix("full-")
        print(f"  import of {name} events: {took:.2f} ms, {size:.0f} KiB")
        first_use = _median(_FIRST_USE.format(names=_EVENTS, data=_DATA), project)
        print(f"  import and first use of 10 of them: {first_use:.1f} ms")
    decoding = _median(_DECODE.format(data=_DATA), large)
    print(f"  decode by name, of a bound pydantic validator: {decoding:.3f}x")


def _median(code: str, project: Path) -> float:
    """Once before, as the first writes the compiled modules."""
    return median([_printed(code, project) for _ in range(ROUNDS + 1)][1:])


def _printed(code: str, project: Path) -> float:
    cached = {name: each for name, each in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = (sys.executable, "-c", code)
    done = subprocess.run(
        command, cwd=project, env=cached, check=True, capture_output=True, text=True
    )
    return float(done.stdout)
