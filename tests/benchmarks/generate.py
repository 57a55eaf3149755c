"""`./dev bench generate [SIZE…]`: what a run of the generator costs, and what its output costs.

Figures of one run compare with each other; those of two runs or two machines hardly do. So the
last table is one of ratios. The peer is datamodel-code-generator, if `PEER` names its program or it
is on PATH (`python -m venv /tmp/peer && /tmp/peer/bin/pip install datamodel-code-generator ruff`,
then `PEER=/tmp/peer/bin/datamodel-codegen ./dev bench generate`). It makes models, and nothing
else.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import output, stories
from benchmarks.processes import Cost, Program, environment, measured

ROUNDS = 7
PYTHON = (sys.executable, "-c", "pass")
STORYLINE = str(Path(sys.executable).with_name("storyline"))
GENERATE = (STORYLINE, "generate")
PEER = os.environ.get("PEER") or shutil.which("datamodel-codegen")
PEER_OPTIONS = (
    "--input", "models.json", "--input-file-type", "jsonschema", "--output", "models.py",
    "--output-model-type", "pydantic_v2.BaseModel", "--formatters", "ruff-format",
    "--target-python-version", "3.11",
)  # fmt: skip

BARE, FULL, CHANGED, NOTHING, CHECK, PEER_RUN = (
    "a bare interpreter",
    "generate, everything",
    "generate, one event changed",
    "generate, nothing to do",
    "check, everything released",
    "datamodel-code-generator with ruff",
)
Costs = Mapping[str, Cost]


def main(*sizes: str) -> None:
    print(__doc__)
    with TemporaryDirectory(prefix="storyline-bench-") as folder:
        costs = {size: _of_size(Path(folder), size) for size in map(int, sizes or stories.SIZES)}
        of_output = output.figures({size: Path(folder) / f"full-{size}" for size in costs})
    print(f"\n{'Figures':<44}" + "".join(f"{size:>9,}" for size in costs))
    for name, by_size in {**_ratios(costs), **of_output}.items():
        print(f"  {name:<42}" + "".join(f"{_shown(by_size.get(size)):>9}" for size in costs))


def _of_size(folder: Path, size: int) -> Costs:
    costs = measured(_programs(folder, size), ROUNDS)
    print(f"\n{size:,} events{'CPU s':>37}{'wall s':>9}{'MiB':>8}", flush=True)
    for name, cost in costs.items():
        print(f"  {name:<42}{cost.cpu:>8.3f}{cost.wall:>9.3f}{cost.memory:>8.0f}", flush=True)
    return costs


def _programs(folder: Path, size: int) -> dict[str, Program]:
    text = stories.story(size)
    full, still, changing, released = (
        _project(folder / f"{name}-{size}", text)
        for name in ("full", "still", "changing", "released")
    )
    for command in ("generate", "release"):
        subprocess.run(
            (STORYLINE, command), cwd=released, env=environment(), check=True, capture_output=True
        )
    programs = {
        BARE: Program(PYTHON, folder),
        FULL: Program(GENERATE, full, lambda: _clear(full)),
        CHANGED: Program(GENERATE, changing, lambda: _toggle(changing, text), warm_up=2),
        NOTHING: Program(GENERATE, still, warm_up=2),
        "generate --check, nothing to do": Program((*GENERATE, "--check"), still),
        "generate --check, nothing remembered": Program(
            (*GENERATE, "--check"), released, lambda: _forget(released)
        ),
        CHECK: Program((STORYLINE, "check"), released),
    }
    if PEER:
        (full / "models.json").write_text(stories.json_schema(size))
        programs[PEER_RUN] = Program((PEER, *PEER_OPTIONS), full)
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


def _ratios(costs: Mapping[int, Costs]) -> dict[str, dict[int, float]]:
    """By name and size; without those for which something was not measured."""
    base = costs.get(1_000, {})
    return {
        "peer's CPU time, of a full run": _of_each(costs, PEER_RUN, FULL, "cpu"),
        "memory of a full run, of the peer's": _of_each(costs, FULL, PEER_RUN, "memory"),
        "full run, of one at 1,000": {
            size: each[FULL].cpu / base[FULL].cpu for size, each in costs.items() if base
        },
        "one event changed, of a full run": _of_each(costs, CHANGED, FULL, "cpu"),
        "nothing to do, of a bare interpreter": _of_each(costs, NOTHING, BARE, "cpu"),
        "check, of a full run": _of_each(costs, CHECK, FULL, "cpu"),
    }


def _shown(figure: float | None) -> str:
    return "" if figure is None else f"{figure:,.2f}"


def _of_each(costs: Mapping[int, Costs], one: str, other: str, measure: str) -> dict[int, float]:
    return {
        size: getattr(each[one], measure) / getattr(each[other], measure)
        for size, each in costs.items()
        if one in each and other in each
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
