"""`storyline projections`, on the to-do application, as its operators use it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from database.servers import eventually
from examples.conftest import EXAMPLES
from storyline import EventClient
from todo_app.projections.todo.list import ListProjection
from todo_app.story.todo import TODO, ItemAdded, ItemId, ListCreated, ListId

HOME = ListId("home")
BROKEN = """
from storyline import Park
from todo_app.projections.todo.list import ListProjection

class Broken(ListProjection):
    on_error = Park()
    def on_item_added(self, state, event):
        raise ValueError("no more")

PROJECTIONS = [Broken]
"""


@pytest.fixture
def client(todo_dsn: str) -> EventClient:
    return EventClient(TODO, todo_dsn)


def names(client: EventClient) -> list[str]:
    return [each.state.name for each in client.query_projections(ListProjection)]


def command(dsn: str, *words: str, path: str = "") -> tuple[int, str]:
    done = subprocess.run(
        _words(*words), cwd=EXAMPLES / "todo", env=_environment(dsn, path), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    return done.returncode, done.stdout


def _words(*words: str) -> list[str]:
    return [sys.executable, "-m", "storyline_cli", "projections", *words]


def _environment(dsn: str, path: str) -> dict[str, str]:
    return {**os.environ, "DATABASE_URL": dsn, "PYTHONPATH": path}


def test_projections_are_run_until_somebody_says_stop(client: EventClient, todo_dsn: str) -> None:
    process = subprocess.Popen(
        _words("run"), cwd=EXAMPLES / "todo", env=_environment(todo_dsn, ""), text=True,
        stderr=subprocess.PIPE,
    )  # fmt: skip
    with client:
        client.save_event(ListCreated(list_id=HOME, name="Home"))
        assert eventually(lambda: list_is(client, ["Home"]), 20)
    process.send_signal(signal.SIGTERM)
    _, log = process.communicate()
    assert process.returncode == 0
    assert "building `list` version 1" in log
    assert "released list v1.1" in log


def list_is(client: EventClient, expected: list[str]) -> bool:
    try:
        return names(client) == expected
    except Exception:
        return False


def test_a_projection_is_built_anew(client: EventClient, todo_dsn: str) -> None:
    with client:
        client.save_event(ListCreated(list_id=HOME, name="Home"))
        for _ in range(2):
            assert command(todo_dsn, "rebuild", "list") == (0, "`list` is built.\n")
            assert names(client) == ["Home"]


def test_parked_events_are_listed_retried_and_skipped(
    client: EventClient, todo_dsn: str, tmp_path: Path
) -> None:
    (tmp_path / "broken.py").write_text(BROKEN)
    with client:
        client.save_event(ListCreated(list_id=HOME, name="Home"))
        assert command(todo_dsn, "rebuild", "list")[0] == 0
        client.save_event(ItemAdded(list_id=HOME, item_id=ItemId("milk"), title="Milk"))
    rebuilt = command(todo_dsn, "rebuild", "list", "--of", "broken", path=str(tmp_path))
    assert rebuilt[0] == 1
    assert "Projection `list` stands still before event 2" in rebuilt[1]
    code, listed = command(todo_dsn, "parked")
    assert code == 1
    assert "list v1.2  state `home`  event 2  1 attempts" in listed
    assert "ValueError: no more" in listed
    assert command(todo_dsn, "retry", "list")[0] == 0
    assert command(todo_dsn, "skip", "list", "2") == (
        0,
        "Ordered: 1 states will go on without event 2.\n",
    )
    assert command(todo_dsn, "rebuild", "list") == (0, "`list` is built.\n")
    assert "skipped" in command(todo_dsn, "parked")[1]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("rebuild", "lost"), "There is no projection `lost`. There are `list`."),
        (("skip", "list", "7"), "Event 7 is not parked in `list`."),
        (("run", "nowhere:PROJECTIONS"), "`nowhere:PROJECTIONS` cannot be imported"),
    ],
)
def test_mistakes_are_told_without_a_traceback(
    todo_dsn: str, words: tuple[str, ...], told: str
) -> None:
    code, output = command(todo_dsn, *words)
    assert code == 2
    assert told in output
