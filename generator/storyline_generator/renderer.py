"""A plan → {path: text}: prints the templates, formats, stamps ours.

It decides nothing about content, and writes nothing to the project.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from importlib import import_module
from typing import cast

from storyline_generator.banner import stamped
from storyline_generator.formatting import WIDTH, formatted
from storyline_generator.immutable import immutable
from storyline_generator.plan import PlannedFile
from storyline_generator.printing import printed

ISOLATED = ("--isolated", "--no-cache", f"--line-length={WIDTH}", "--target-version=py311")

_BATCH = 250_000
"""Characters."""


@immutable
class RenderedFile:
    text: str
    once: bool = False
    """Written once, the user's from then on: an offer, without a stamp."""


def render(plan: Iterable[PlannedFile]) -> dict[str, RenderedFile]:
    """All files, by path, in the order of the paths. The same plan gives the same bytes."""
    planned = sorted(plan, key=lambda file: file.path)
    texts = {file.path: printed(file.template, file.content) for file in planned}
    texts.update(_formatted({path: texts[path] for path in texts if path.endswith(".py")}))
    return {file.path: _finished(file, texts[file.path]) for file in planned}


def _finished(file: PlannedFile, text: str) -> RenderedFile:
    if file.once:
        return RenderedFile(text, once=True)
    return RenderedFile(stamped(file.path, text, file.place.source.path))


def _formatted(modules: Mapping[str, str]) -> dict[str, str]:
    """Ruff gets only those that nobody else can format."""
    stripped = {path: _stripped(text) for path, text in modules.items()}
    done = {path: formatted(text) for path, text in stripped.items()}
    texts = {path: text for path, text in done.items() if text is not None}
    for batch in _batches(done.keys() - texts.keys(), stripped):
        texts.update(zip(batch, _format([stripped[path] for path in batch]), strict=True))
    return texts


def _stripped(text: str) -> str:
    """Nothing above, and one line end below; a module may be empty."""
    return f"{text.rstrip()}\n".lstrip("\n")


def _batches(paths: Iterable[str], texts: Mapping[str, str]) -> list[list[str]]:
    """A text of some size each: a process or a file for each costs more than all the rest."""
    batches: list[list[str]] = []
    size = _BATCH
    for path in sorted(paths):
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
    return [_stripped(module) for module in done.split(boundary)[1:]]


def _run_ruff(text: str) -> str:
    """It can only fail on what is not Python, which would be our mistake."""
    import subprocess  # seldom needed, and slow to import

    ruff = cast(str, import_module("ruff").find_ruff_bin())  # the package has no types
    environment = {name: text for name, text in os.environ.items() if not name.startswith("RUFF_")}
    done = subprocess.run(
        (ruff, "format", *ISOLATED, "-"), env=environment, input=text.encode(), capture_output=True
    )
    if done.returncode:
        raise RuntimeError(f"A generated module is not valid Python:\n{done.stderr.decode()}")
    return done.stdout.decode()
