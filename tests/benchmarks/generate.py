"""`./dev bench generate [SIZE…]`: what a run of the generator costs, and what its output costs.

Figures of one run compare with each other; those of two runs or two machines hardly do. So each
table ends in ratios. The peer is datamodel-code-generator, if `PEER` names its program or it is on
PATH (`python -m venv /tmp/peer && /tmp/peer/bin/pip install datamodel-code-generator ruff`, then
`PEER=/tmp/peer/bin/datamodel-codegen ./dev bench generate`). It makes models, and nothing else.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import output, stories
from benchmarks.processes import Cost, Program, measured

ROUNDS = 5
PYTHON = (sys.executable, "-c", "pass")
STORYLINE = (str(Path(sys.executable).with_name("storyline")), "generate")
PEER = os.environ.get("PEER") or shutil.which("datamodel-codegen")
PEER_OPTIONS = (
    "--input", "models.json", "--input-file-type", "jsonschema", "--output", "models.py",
    "--output-model-type", "pydantic_v2.BaseModel", "--formatters", "ruff-format",
    "--target-python-version", "3.11",
)  # fmt: skip


def main(*sizes: str) -> None:
    print(__doc__)
    with TemporaryDirectory(prefix="storyline-bench-") as folder:
        costs = {size: _of_size(Path(folder), size) for size in map(int, sizes or stories.SIZES)}
        _print_growth(costs)
        at_most = max(size for size in costs if size <= 1_000)
        output.main(*(Path(folder) / f"full-{size}" for size in (min(costs), at_most)))


def _of_size(folder: Path, size: int) -> dict[str, Cost]:
    programs = _programs(folder, size)
    costs = measured(programs, ROUNDS)
    print(f"\n{size:,} events{'CPU s':>37}{'wall s':>9}{'MiB':>8}{'of a full run':>15}")
    for name, cost in costs.items():
        part = cost.cpu / costs["generate, everything"].cpu
        print(f"  {name:<42}{cost.cpu:>8.3f}{cost.wall:>9.3f}{cost.memory:>8.0f}{part:>14.2f}x")
    bare, nothing = costs["a bare interpreter"].cpu, costs["generate, nothing to do"].cpu
    print(f"  nothing to do, of a bare interpreter: {nothing / bare:.2f}x")
    return costs


def _programs(folder: Path, size: int) -> dict[str, Program]:
    text = stories.story(size)
    full, still, changing = (
        _project(folder / f"{name}-{size}", text) for name in ("full", "still", "changing")
    )
    programs = {
        "a bare interpreter": Program(PYTHON, folder),
        "generate, everything": Program(STORYLINE, full, lambda: _clear(full)),
        "generate, one event changed": Program(
            STORYLINE, changing, lambda: _toggle(changing, text), warm_up=2
        ),
        "generate, nothing to do": Program(STORYLINE, still, warm_up=2),
        "generate --check, nothing to do": Program((*STORYLINE, "--check"), still),
        "generate --check, nothing remembered": Program(
            (*STORYLINE, "--check"), full, lambda: _forget(full)
        ),
    }
    if PEER:
        (full / "models.json").write_text(stories.json_schema(size))
        programs["datamodel-code-generator with ruff"] = Program((PEER, *PEER_OPTIONS), full)
    else:
        print("datamodel-code-generator is not installed: see above.")
    return programs


def _project(folder: Path, text: str) -> Path:
    (folder / "schemas").mkdir(parents=True)
    (folder / "pyproject.toml").write_text("[tool.storyline]\n")
    (folder / "schemas/bench.toml").write_text(text)
    return folder


def _clear(project: Path) -> None:
    for name in ("app", "migrations", ".storyline"):
        shutil.rmtree(project / name, ignore_errors=True)


def _forget(project: Path) -> None:
    shutil.rmtree(project / ".storyline", ignore_errors=True)


def _toggle(project: Path, text: str) -> None:
    story = project / "schemas/bench.toml"
    story.write_text(stories.one_event_changed(text) if story.read_text() == text else text)


def _print_growth(costs: dict[int, dict[str, Cost]]) -> None:
    full = "generate, everything"
    if 1_000 in costs and 5_000 in costs:
        growth = costs[5_000][full].cpu / costs[1_000][full].cpu
        print(f"\n5,000 events, of 1,000: {growth:.2f}x")
    peer = "datamodel-code-generator with ruff"
    for size, each in costs.items():
        if peer in each:
            faster = each[peer].cpu / each[full].cpu
            memory = each[full].memory / each[peer].memory
            print(f"{size:>5,} events: {faster:.1f}x as fast as the peer, {memory:.2f}x its memory")


if __name__ == "__main__":
    main(*sys.argv[1:])
