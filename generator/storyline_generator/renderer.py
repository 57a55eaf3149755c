"""A plan → {path: text}. Prints the templates, has ruff format them in one call, and stamps what Storyline owns.

It decides nothing about content, and writes nothing to the project.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from jinja2 import Environment, PackageLoader, StrictUndefined
from ruff import find_ruff_bin

from storyline_generator.banner import stamped
from storyline_generator.plan import PlannedFile

RUFF = (
    "format",
    "--isolated",
    "--no-cache",
    "--quiet",
    "--line-length=88",
    "--target-version=py311",
    ".",
)


@dataclass(frozen=True, slots=True)
class RenderedFile:
    text: str
    once: bool = False
    """Written once, the user's from then on: it carries no stamp, and its text is only a first proposal."""


def render(plan: Iterable[PlannedFile]) -> dict[str, RenderedFile]:
    """All files, by path, in the order of the paths. The same plan gives the same bytes."""
    planned = sorted(plan, key=lambda file: file.path)
    texts = _formatted({file.path: _printed(file) for file in planned})
    return {file.path: _finished(file, texts[file.path]) for file in planned}


def _printed(file: PlannedFile) -> str:
    return _ENVIRONMENT.get_template(file.template).render(plan=file.content)


def _finished(file: PlannedFile, text: str) -> RenderedFile:
    return RenderedFile(
        text if file.once else stamped(file.path, text, file.place.source.path), file.once
    )


def _formatted(texts: Mapping[str, str]) -> dict[str, str]:
    """One process for all files: a process each would cost more than all the rest.

    The files are numbered, so that no name or folder of the project can meet a rule of ruff.
    """
    python = [path for path in texts if path.endswith(".py")]
    with TemporaryDirectory(prefix="storyline-") as folder:
        files = {path: Path(folder, f"{number}.py") for number, path in enumerate(python)}
        for path, file in files.items():
            file.write_text(texts[path], encoding="utf-8", newline="\n")
        _run_ruff(folder)
        return {**texts, **{path: file.read_text(encoding="utf-8") for path, file in files.items()}}


def _run_ruff(folder: str) -> None:
    """Ruff can only fail on source that is not Python, which would be our mistake."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("RUFF_")
    }
    done = subprocess.run(
        [find_ruff_bin(), *RUFF],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"A generated module is not valid Python:\n{done.stderr}")


_ENVIRONMENT = Environment(
    loader=PackageLoader("storyline_generator"),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    autoescape=False,
)
