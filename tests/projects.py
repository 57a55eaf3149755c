"""Runs the commands of an application of its own, as its developers would."""

import os
import subprocess
import sys
from pathlib import Path


def command(folder: Path, *words: str) -> str:
    path = str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"]
    done = subprocess.run(
        words, cwd=folder, env={**os.environ, "PATH": path}, text=True, capture_output=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def begin_release(folder: Path, story: Path, name: str) -> None:
    """The story as it is in the next release, and its code."""
    (folder / f"schemas/{name}.toml").write_text(story.read_text())
    command(folder, "storyline", "generate")
