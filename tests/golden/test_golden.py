"""Each case shows one property of the generated Python, in the form in which a user reads it."""

from __future__ import annotations

import importlib
import shutil
import sys
from pathlib import Path

import pytest

from .cases import Case, cases, written


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_generated_code_is_as_accepted(case: Case, accept: bool) -> None:
    files = case.generated()
    if accept:
        shutil.rmtree(case.folder / "expected", ignore_errors=True)
        written(case.folder / "expected", files)
    expected = case.expected()
    assert sorted(files) == sorted(expected)
    assert files == expected
    assert case.generated() == files


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_generated_code_can_be_imported(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = case.generated()
    written(tmp_path / case.name, files)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    for path in files:
        name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        importlib.import_module(f"{case.name}.{name}")
    package = sys.modules[f"{case.name}.story.case"]
    for name in package.__all__:
        assert getattr(package, name) is not None
