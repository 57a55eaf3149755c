"""What generated code costs who imports it: time and memory of the import, and of decoding."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from statistics import median

from benchmarks.processes import environment
from benchmarks.stories import event_name

ROUNDS = 7
IMPORT, MEMORY, FIRST_USE, DECODE = (
    "import of the package, ms",
    "import of the package, KiB",
    "import and first use of 10 events, ms",
    "decode by name, of a bound validator",
)

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
started = time.process_time()
from app.story.bench import BENCH
for name in {names}: read_json(BENCH.event_class(name), {data!r})
print(1000 * (time.process_time() - started))
"""
_DECODE = """\
from timeit import repeat
from app.story.bench import BENCH
from storyline.past import READING
name = {name!r}
BENCH.reader(name)
bound = BENCH.event_class(name).__pydantic_validator__.validate_json
def by_name():  # as `rows.recorded_event` does
    _, version, validate = BENCH.readers[name]
    return validate({data!r}, extra="ignore", by_alias=True, by_name=False, context=READING)
def by_validator(): return bound({data!r}, extra="ignore", by_alias=True, by_name=False)
took = [repeat(each, number=2_000, repeat=3) for _ in range(40) for each in (by_name, by_validator)]
print(min(map(min, took[::2])) / min(map(min, took[1::2])))
"""
_DATA = (
    '{"thing0_id": "t", "item_id": "i", "title": "x", "amount": 1, "priority": "low", "tags": []}'
)
_EVENTS = [event_name(0, number) for number in range(10)]
_CODE = {
    IMPORT: _IMPORT.format(traced=False),
    MEMORY: _IMPORT.format(traced=True),
    FIRST_USE: _FIRST_USE.format(names=_EVENTS, data=_DATA),
    DECODE: _DECODE.format(name=_EVENTS[0], data=_DATA),
}


def figures(projects: Mapping[int, Path]) -> dict[str, dict[int, float]]:
    """By what is measured and by size, in turn; medians of processes of their own."""
    found = {(name, size): list[float]() for name in _CODE for size in projects}
    for _ in range(ROUNDS + 1):
        for name, size in found:
            found[name, size].append(_printed(_CODE[name], projects[size]))
    # Without the first, which writes the compiled modules.
    return {name: {size: median(found[name, size][1:]) for size in projects} for name in _CODE}


def _printed(code: str, project: Path) -> float:
    done = subprocess.run(
        (sys.executable, "-c", code),
        cwd=project,
        env=environment(),
        check=True,
        capture_output=True,
        text=True,
    )
    return float(done.stdout)
