"""`storyline generate --watch` runs at every change, survives mistakes, and ends well."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from storyline_cli import FINE
from storyline_cli.__main__ import main


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    assert main(["init", "shop"]) == FINE
    return tmp_path


@pytest.fixture
def watching(shop: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "storyline_cli", "generate", "--watch"]
    with subprocess.Popen(
        command, cwd=shop, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        yield process
        process.kill()


def said(process: subprocess.Popen[str]) -> str:
    """Its next line, without the time of day."""
    assert process.stdout
    line = process.stdout.readline()
    assert line
    return line.rstrip().partition(" ")[2]


def test_each_change_is_one_run_and_one_line(shop: Path, watching: subprocess.Popen[str]) -> None:
    story = shop / "schemas/shop.toml"
    sound = story.read_text()
    assert said(watching).startswith("Wrote ")
    assert (shop / "app/story/shop/filters.py").exists()

    story.write_text(sound + "\n[filters.all_paid]\nevents = ['ORDER_PAID']\n")
    assert said(watching).startswith("Wrote ")
    assert "all_paid" in (shop / "app/story/shop/filters.py").read_text()

    story.write_text(sound + "\nstrem = 1\n")
    assert said(watching).startswith("error[unknown-key]")
    while not said(watching).startswith("error in 1 file"):
        pass

    (shop / "pyproject.toml").write_text("[tool.storyline]\nclient = 1\n")
    assert "must be" in said(watching)

    (shop / "pyproject.toml").write_text("[tool.storyline]\n")
    story.write_text(sound)
    while "Wrote " not in said(watching):
        pass

    watching.send_signal(signal.SIGINT)
    assert watching.wait(timeout=10) == FINE
