"""The user's files that import from a story that is gone. They are told of, and never deleted."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from pathlib import Path, PurePosixPath

from storyline_generator import file_findings
from storyline_generator.diagnostics import Diagnostic
from storyline_generator.plan import Layout

_KINDS = ("projections", "validators", "upcasters")


def abandoned_files(root: Path, layout: Layout, files: Container[str]) -> Iterator[Diagnostic]:
    """`files`: all that is generated."""
    for kind in _KINDS:
        for file in sorted((root / layout.application / kind).glob("*/*.py")):
            package = PurePosixPath(layout.package, file.parent.name)
            if str(package / "__init__.py") not in files and _imports(file, package):
                yield file_findings.abandoned_file(file.relative_to(root).as_posix())


def _imports(file: Path, package: PurePosixPath) -> bool:
    """Others may have folders of their own there, which are named like no story."""
    module = re.escape(".".join(package.parts[-2:]))
    text = file.read_text(encoding="utf-8", errors="replace")
    return re.search(rf"^\s*from \S*\b{module}\b", text, re.MULTILINE) is not None
