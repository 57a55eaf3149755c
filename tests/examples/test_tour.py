"""The newcomer's first command, in an empty folder, as a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

TOUR = Path(__file__).resolve().parents[2] / "examples/tour.py"


def test_the_tour_ends_with_a_list_after_a_refusal_and_a_conflict(tmp_path: Path) -> None:
    done = tour(tmp_path / "new")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Refused: At most three open items on one list." in done.stdout
    assert done.stdout.count("conflict: ITEM_ADDED (id 6) came first. Decided again: refused.") == 2
    assert "Home: 3 open, 1 done" in done.stdout
    assert "\x1b" not in done.stdout, "output is plain when it is not a terminal"


def test_the_tour_leaves_a_folder_alone_that_is_not_empty(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    done = tour(tmp_path)
    assert done.returncode == 1
    assert "empty folder" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def tour(folder: Path) -> subprocess.CompletedProcess[str]:
    path = str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"]
    environment = {**os.environ, "PATH": path}
    environment["DATABASE_URL"] = "postgresql://user:password@localhost:1/theirs"
    return subprocess.run(
        (sys.executable, str(TOUR), str(folder)), env=environment, text=True, capture_output=True
    )
