"""`storyline projections status`, on the to-do application: for people, and for monitoring."""

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import psycopg
import pytest

from database.servers import eventually
from examples.conftest import EXAMPLES
from storyline import EventClient, Projector
from storyline_cli import FINDINGS, FINE
from storyline_cli.__main__ import main
from todo_app.projections.todo.list import ListProjection
from todo_app.story.todo import TODO, ItemAdded, ItemId, ListCreated, ListId

HOME = ListId("home")


@pytest.fixture
def client(todo_dsn: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[EventClient]:
    """A list, which a projector has seen."""
    monkeypatch.chdir(EXAMPLES / "todo")
    monkeypatch.setenv("DATABASE_URL", todo_dsn)
    with EventClient(TODO, todo_dsn) as client:
        client.save_event(ListCreated(list_id=HOME, name="Home"))
        yield client


def run_once(client: EventClient) -> None:
    Projector(client, [ListProjection]).run_until_caught_up()


def execute(dsn: str, statement: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(statement.encode())


def lease_all(dsn: str) -> None:
    execute(
        dsn,
        "update todo.projection_shards set owner = 'host-1-abc',"
        " expires_at = clock_timestamp() + interval '1 hour'",
    )


def status(capsys: pytest.CaptureFixture[str], expected: int) -> dict[str, Any]:
    assert main(["projections", "status", "--format", "json"]) == expected
    (story,) = json.loads(capsys.readouterr().out)["stories"]
    assert story["story"] == "todo"
    return dict(story)


def shown(capsys: pytest.CaptureFixture[str]) -> str:
    main(["projections", "status"])
    return capsys.readouterr().out


def test_what_nobody_has_ever_run_is_told(
    client: EventClient, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status(capsys, FINDINGS)["never_run"] == ["list v1"]
    assert "  list v1  never run\n" in shown(capsys)


def test_what_nobody_runs_any_more_is_told(
    client: EventClient, capsys: pytest.CaptureFixture[str]
) -> None:
    run_once(client)
    (each,) = status(capsys, FINDINGS)["projections"]
    assert (each["owners"], each["leased_shards"], each["shards"]) == ([], 0, 8)
    assert "not run" in shown(capsys)


def test_how_far_a_projection_is_behind_is_told_in_events_and_in_seconds(
    client: EventClient, todo_dsn: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run_once(client)
    lease_all(todo_dsn)
    (each,) = status(capsys, FINE)["projections"]
    assert (each["name"], each["version"], each["build"], each["status"]) == (
        "list",
        1,
        1,
        "active",
    )
    assert (each["position"], each["head"], each["lag"], each["lag_seconds"]) == (1, 1, 0, 0)
    assert each["owners"] == ["host-1-abc"]
    for item in ("milk", "tea"):
        client.save_event(ItemAdded(list_id=HOME, item_id=ItemId(item), title=item))
    execute(todo_dsn, "select pg_sleep(0.2)")
    (each,) = status(capsys, FINE)["projections"]
    assert (each["position"], each["head"], each["lag"]) == (1, 3, 2)
    assert 0.2 <= each["lag_seconds"] < 60
    row = shown(capsys).splitlines()[1].split()
    assert row[:5] == ["list", "v1.1", "active", "1", "2"]


def test_a_build_tells_how_far_it_is(
    client: EventClient, todo_dsn: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run_once(client)
    lease_all(todo_dsn)
    execute(
        todo_dsn,
        "update todo.projection_builds set status = 'building';"
        "update todo.heads set last_id = 4;"
        "update todo.projection_shards set rate = 0.5",
    )
    (each,) = status(capsys, FINE)["projections"]
    assert (each["status"], each["progress"], each["rate"]) == ("building", 0.25, 0.5)
    assert each["seconds_left"] == 6
    assert "building 25 %, 6.0 s" in shown(capsys)
    execute(todo_dsn, "update todo.projection_shards set folded = 3 where shard < 4")
    (each,) = status(capsys, FINE)["projections"]
    assert (each["progress"], each["position"]) == (0.5, 1), "half of them are further in memory"
    execute(todo_dsn, "update todo.projection_shards set expires_at = clock_timestamp()")
    (each,) = status(capsys, FINDINGS)["projections"]
    assert (each["rate"], each["seconds_left"]) == (0, None), "nobody is at it any more"


def test_what_stands_still_is_told_with_its_reason(
    client: EventClient, todo_dsn: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run_once(client)
    lease_all(todo_dsn)
    execute(
        todo_dsn,
        "update todo.projection_shards set failed_event_id = 1, error = e'ValueError: \\x1b[31m'"
        " where shard = 2",
    )
    (each,) = status(capsys, FINDINGS)["projections"]
    assert (each["stopped_before"], each["reason"]) == (1, "ValueError: \x1b[31m")
    said = shown(capsys)
    assert "stopped" in said
    assert "  list stands still before event 1: ValueError: \\x1b[31m\n" in said
    assert "storyline projections parked" in said


def test_parked_events_are_counted(
    client: EventClient, todo_dsn: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run_once(client)
    lease_all(todo_dsn)
    execute(
        todo_dsn,
        "insert into todo.parked_events (type, version, build, id, event_id, event_type, error,"
        " attempts) values ('list', 1, 1, 'home', 1, 'LIST_CREATED', 'no', 1)",
    )
    (each,) = status(capsys, FINDINGS)["projections"]
    assert each["parked"] == 1


def test_a_subscription_is_shown_among_them(
    client: EventClient, todo_dsn: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run_once(client)
    subscription = client.subscribe(ListCreated.where(), name="mail")
    for _ in subscription:
        subscription.stop()
    lease_all(todo_dsn)
    (each,) = status(capsys, FINE)["subscriptions"]
    assert (each["name"], each["position"], each["shards"]) == ("mail", 1, 1)
    assert "  mail subscription" in shown(capsys)


@pytest.mark.parametrize("no_color", ["", "1"])
def test_on_a_terminal_the_table_stays_up_to_date(client: EventClient, no_color: str) -> None:
    run_once(client)
    ours, theirs = pty.openpty()
    words = [sys.executable, "-m", "storyline_cli", "projections", "status"]
    environment = {**os.environ, "NO_COLOR": no_color}
    process = subprocess.Popen(words, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    os.set_blocking(ours, False)
    said = bytearray()

    def says(text: bytes) -> bool:
        with suppress(BlockingIOError):
            said.extend(os.read(ours, 65536))
        return text in said

    try:
        assert eventually(lambda: says(b"not run"), 30)
        for n in range(41):
            client.save_event(ItemAdded(list_id=HOME, item_id=ItemId(str(n)), title="x"))
        assert eventually(lambda: says(b"  41  "), 30), "so many events it is behind by now"
        assert (b"\x1b[1;31m" in said) == (not no_color)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == FINE
        assert b"Traceback" not in said
    finally:
        process.kill()
        process.wait()
        os.close(ours)
