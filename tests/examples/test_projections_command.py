"""`storyline projections`, on the to-do application, as its operators use it."""

import json
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
    return told(dsn, "projections", *words, path=path)


def told(dsn: str, *words: str, path: str = "") -> tuple[int, str]:
    done = subprocess.run(
        _words(*words), cwd=EXAMPLES / "todo", env=_environment(dsn, path), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    return done.returncode, done.stdout


def _words(*words: str) -> list[str]:
    return [sys.executable, "-m", "storyline_cli", *words]


def _environment(dsn: str, path: str) -> dict[str, str]:
    return {**os.environ, "DATABASE_URL": dsn, "PYTHONPATH": path}


def test_projections_are_run_until_somebody_says_stop(client: EventClient, todo_dsn: str) -> None:
    process = subprocess.Popen(
        _words("projections", "run"), cwd=EXAMPLES / "todo", env=_environment(todo_dsn, ""),
        text=True, stderr=subprocess.PIPE,
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
    assert "list v1.2  event 2 ITEM_ADDED  parked\n        ValueError: no more\n" in listed
    assert ", tried 1 time\n        1 state: `home`\n" in listed
    assert listed.endswith("  storyline projections skip list 2\n")
    (told,) = json.loads(command(todo_dsn, "parked", "--format", "json")[1])["stories"]
    assert (told["story"], told["failures"][0]["ids"]) == ("todo", ["home"])
    assert command(todo_dsn, "retry", "list") == (
        0,
        "Ordered: 1 parked state will be tried again.\n"
        "Nobody runs it at the moment: start `storyline projections run`.\n",
    )
    assert command(todo_dsn, "skip", "list", "2") == (
        0,
        "Ordered: 1 state will go on without event 2.\n"
        "Nobody runs it at the moment: start `storyline projections run`.\n",
    )
    assert command(todo_dsn, "rebuild", "list") == (0, "`list` is built.\n")
    code, listed = command(todo_dsn, "parked")
    assert code == 0, "nothing waits for an order"
    assert "list v1.2  event 2 ITEM_ADDED  skipped\n" in listed


def test_only_what_is_parked_can_be_skipped_and_the_reason_is_told(
    client: EventClient, todo_dsn: str, tmp_path: Path
) -> None:
    (tmp_path / "broken.py").write_text(BROKEN.replace("on_error = Park()", "pass"))
    with client:
        client.save_event(ItemAdded(list_id=HOME, item_id=ItemId("milk"), title="Milk"))
    place = ("--of", "broken")
    assert command(todo_dsn, "rebuild", "list", *place, path=str(tmp_path))[0] == 1
    code, listed = command(todo_dsn, "parked")
    assert code == 1
    assert "list v1.1  event 1 ITEM_ADDED  stands still before it\n" in listed
    code, said = command(todo_dsn, "skip", "list", "1", *place, path=str(tmp_path))
    assert code == 2
    assert "Event 1 is not parked in `list`: whole shards stand still before it." in said
    assert "give `Broken` `on_error = Park()`" in said
    assert "1 shard will be tried again" in command(todo_dsn, "retry", "list")[1]
    assert command(todo_dsn, "retry", "list") == (
        0,
        "Nothing of `list` is parked, and nothing stands still.\n",
    )


def test_what_left_the_code_is_deleted_when_somebody_says_so(
    client: EventClient, todo_dsn: str, tmp_path: Path
) -> None:
    older = "class Older(ListProjection):\n    version = 7\n"
    usual = "from todo_app.projections.todo.list import ListProjection\n"
    (tmp_path / "older.py").write_text(f"{usual}\n{older}\nPROJECTIONS = [Older]\n")
    with client:
        client.save_event(ListCreated(list_id=HOME, name="Home"))
        assert command(todo_dsn, "rebuild", "list", "--of", "older", path=str(tmp_path))[0] == 0
        assert command(todo_dsn, "rebuild", "list")[0] == 0
        shown = command(todo_dsn, "status")[1]
        assert "  list v7.1  left the code" in shown
        assert "`storyline projections forget NAME`" in shown
        assert command(todo_dsn, "forget", "list") == (
            1,
            "`list` v7 with 1 state would be deleted. Give `--delete-states` to do it.\n",
        )
        assert command(todo_dsn, "forget", "list", "--delete-states") == (
            0,
            "Deleted: `list` v7 with 1 state.\n",
        )
        assert names(client) == ["Home"]
    assert "v7" not in command(todo_dsn, "status")[1]


def test_a_subscription_is_moved_and_forgotten(client: EventClient, todo_dsn: str) -> None:
    with client:
        client.save_events([ListCreated(list_id=ListId(str(n)), name="x") for n in range(5)])
        subscription = client.subscribe(ListCreated.where(), name="mail")
        for event in subscription:
            if event.id == 3:
                subscription.stop()
    move = ("subscriptions", "move", "mail")
    assert told(todo_dsn, *move, "1") == (
        1,
        "`mail` would go on after event 1: it meets 2 events of the log again."
        " Give `--repeat-events` to do it.\n",
    )
    assert told(todo_dsn, *move, "1", "--skip-events")[0] == 1
    assert told(todo_dsn, *move, "1", "--repeat-events") == (
        0,
        "`mail` goes on after event 1: it meets 2 events of the log again.\n",
    )
    assert "Give `--skip-events` to do it." in told(todo_dsn, *move, "5")[1]
    assert told(todo_dsn, *move, "5", "--skip-events")[0] == 0
    assert told(todo_dsn, *move, "6") == (
        2,
        "storyline: The log has events 1 to 5; 0 is before the first.\n",
    )
    forget = ("subscriptions", "forget", "mail")
    assert told(todo_dsn, *forget) == (
        1,
        "`mail` would be forgotten: it is at event 5 of 5. Give `--delete-position` to do it.\n",
    )
    assert told(todo_dsn, *forget, "--delete-position")[0] == 0
    assert told(todo_dsn, *forget) == (2, "storyline: There is no subscription `mail`.\n")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("rebuild", "lost"), "There is no projection `lost`. There are `list`."),
        (("skip", "list", "7"), "Event 7 is not parked in `list`."),
        (("forget", "list"), "Nothing is kept of `list` but version 1, which the code has."),
        (("forget", "lost"), "Nothing is kept of a projection `lost`."),
        (("run", "nowhere:PROJECTIONS"), "`nowhere:PROJECTIONS` cannot be imported"),
    ],
)
def test_mistakes_are_told_without_a_traceback(
    todo_dsn: str, words: tuple[str, ...], told: str
) -> None:
    code, output = command(todo_dsn, *words)
    assert code == 2
    assert told in output
