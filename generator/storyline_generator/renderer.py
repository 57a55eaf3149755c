"""A plan → {path: text}: prints the templates, formats with few calls of ruff, stamps ours.

It decides nothing about content, and writes nothing to the project.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib import import_module
from typing import cast

from storyline_generator.banner import stamped
from storyline_generator.plan import PlannedFile
from storyline_generator.printing import printed

ISOLATED = ("--isolated", "--no-cache", "--line-length=88", "--target-version=py311")

_BATCH = 250_000
"""Characters."""


@dataclass(frozen=True, slots=True)
class RenderedFile:
    text: str
    once: bool = False
    """Written once, the user's from then on: an offer, without a stamp."""


def render(plan: Iterable[PlannedFile]) -> dict[str, RenderedFile]:
    """All files, by path, in the order of the paths. The same plan gives the same bytes."""
    planned = sorted(plan, key=lambda file: file.path)
    texts = _formatted({file.path: printed(file.template, file.content) for file in planned})
    return {file.path: _finished(file, texts[file.path]) for file in planned}


def _finished(file: PlannedFile, text: str) -> RenderedFile:
    if file.once:
        return RenderedFile(text, once=True)
    return RenderedFile(stamped(file.path, text, file.place.source.path))


def _formatted(texts: Mapping[str, str]) -> dict[str, str]:
    """Many modules in one text: a process or a file for each costs more than all the rest."""
    python = [path for path in texts if path.endswith(".py")]
    formatted = dict(texts)
    for batch in _batches(python, texts):
        formatted.update(zip(batch, _format([texts[path] for path in batch]), strict=True))
    return formatted


def _batches(paths: Iterable[str], texts: Mapping[str, str]) -> list[list[str]]:
    """A text of some size each, which bounds the memory that formatting takes."""
    batches: list[list[str]] = []
    size = _BATCH
    for path in paths:
        if size >= _BATCH:
            batches.append([])
            size = 0
        batches[-1].append(path)
        size += len(texts[path])
    return batches


def _format(modules: Sequence[str]) -> list[str]:
    """Between them stands a line that occurs in none, as it is a hash of them all."""
    boundary = f"# {sha256(''.join(modules).encode()).hexdigest()}\n"
    done = _run_ruff("".join(f"{boundary}{module}\n" for module in modules))
    return [f"{module.rstrip()}\n".lstrip("\n") for module in done.split(boundary)[1:]]


def _run_ruff(text: str) -> str:
    """It can only fail on what is not Python, which would be our mistake."""
    ruff = cast(str, import_module("ruff").find_ruff_bin())  # the package has no types
    environment = {name: text for name, text in os.environ.items() if not name.startswith("RUFF_")}
    done = subprocess.run(
        (ruff, "format", *ISOLATED, "-"), env=environment, input=text.encode(), capture_output=True
    )
    if done.returncode:
        raise RuntimeError(f"A generated module is not valid Python:\n{done.stderr.decode()}")
    return done.stdout.decode()
