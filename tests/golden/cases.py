"""A folder is a case: `schema.toml`, perhaps `client` with the flavour, and `expected/`.

The package has the name of the case, so that all cases can stand in one project; what is expected
is shown from that package on. The SQL has tests of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from storyline_generator.pipeline import generate
from storyline_generator.plan import Layout
from storyline_generator.reporter import report

GOLDEN = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def client(self) -> Literal["sync", "async"]:
        file = self.folder / "client"
        said = file.read_text().strip() if file.exists() else "sync"
        return cast('Literal["sync", "async"]', said)

    def generated(self) -> dict[str, str]:
        """The Python of the case, by path from its package on."""
        files = generated_python(self.folder, "schema.toml", self.name, self.client)
        return {path.removeprefix(f"{self.name}/"): text for path, text in files.items()}

    def expected(self) -> dict[str, str]:
        """Read as bytes, so that line ends count."""
        root = self.folder / "expected"
        files = sorted(path for path in root.rglob("*") if path.suffix == ".py")
        return {path.relative_to(root).as_posix(): path.read_bytes().decode() for path in files}


def cases() -> list[Case]:
    return [Case(file.parent) for file in sorted(GOLDEN.glob("*/schema.toml"))]


def generated_python(
    root: Path, schemas: str, package: str, client: Literal["sync", "async"]
) -> dict[str, str]:
    """All modules that a story gives, by path. The story must be sound."""
    outcome = generate(root, schemas, Layout(f"{package}/story", "migrations", client))
    assert not outcome.diagnostics, report(outcome.diagnostics)
    return {path: file.text for path, file in outcome.files.items() if path.endswith(".py")}


def written(folder: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8", newline="\n")
    return folder
