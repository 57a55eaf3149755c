"""`storyline tail`, on the to-do application, as somebody who looks for a fault uses it."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from database.servers import eventually
from examples.conftest import EXAMPLES
from storyline import EventClient, bound_metadata
from storyline_cli import FINDINGS, FINE, USAGE
from storyline_cli.__main__ import main
from todo_app.story.todo import (
    TODO,
    ItemAdded,
    ItemCompleted,
    ItemId,
    ListCreated,
    ListId,
)

HOME, WORK = ListId("home"), ListId("work")
MILK, TEA = ItemId("milk"), ItemId("tea")


@pytest.fixture
def client(todo_dsn: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[EventClient]:
    monkeypatch.chdir(EXAMPLES / "todo")
    monkeypatch.setenv("DATABASE_URL", todo_dsn)
    with EventClient(TODO, todo_dsn) as client:
        client.save_event(ListCreated(list_id=HOME, name="Home"))
        with bound_metadata(actor="ann"):
            client.save_event(ItemAdded(list_id=HOME, item_id=MILK, title="Milk", priority="high"))
        client.save_event(ItemAdded(list_id=WORK, item_id=TEA, title="Tea"))
        client.save_event(ItemCompleted(list_id=HOME, item_id=MILK))
        yield client


def shown(capsys: pytest.CaptureFixture[str], *words: str) -> list[Any]:
    assert main(["tail", "--once", "--format", "json", *words]) == FINE
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def ids(capsys: pytest.CaptureFixture[str], *words: str) -> list[int]:
    return [event["id"] for event in shown(capsys, *words)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", [1, 2, 3, 4]),
        ("-n 2", [3, 4]),
        ("-n 0", []),
        ("--after 1", [2, 3, 4]),
        ("--after 99", []),
        ("ITEM_ADDED", [2, 3]),
        ("ITEM_ADDED LIST_CREATED -n 2", [2, 3]),
        ("list_stream list_id=home", [1, 2, 4]),
        ("one_item list_id=home item_id=milk --after 2", [4]),
        ("--where priority=high", [2]),
        ("ITEM_ADDED --where list_id=work --where title=Tea", [3]),
        ("urgent_items before=2026-01-01", []),
    ],
)
def test_what_is_asked_for_is_shown(
    client: EventClient, capsys: pytest.CaptureFixture[str], words: str, expected: list[int]
) -> None:
    assert ids(capsys, *words.split()) == expected


def test_all_of_a_long_log_is_shown_page_by_page(
    client: EventClient, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storyline_cli.tail.PAGE", 2)
    assert ids(capsys, "--after", "0") == [1, 2, 3, 4]


def test_a_person_reads_a_line_for_each_event(
    client: EventClient, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["tail", "--once", "-n", "3"]) == FINE
    first, *_ = capsys.readouterr().out.splitlines()
    assert re.fullmatch(
        r" +2  \d{4}-\d\d-\d\d [\d:.]+Z  ITEM_ADDED  title=Milk  item_id=milk  list_id=home"
        r"  priority=high  @actor=ann",
        first,
    )


def test_a_state_is_shown_as_it_was_with_what_each_event_changed(
    client: EventClient, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--as-of", "4", "--projection", "list", "home"]
    created, added, completed, state = shown(capsys, *words)
    assert created["changes"] == [{"path": "name", "before": "", "after": "Home"}]
    (gained,) = added["changes"]
    assert (gained["path"], gained["after"]["item_id"]) == ("incomplete[0]", "milk")
    assert [change["path"] for change in completed["changes"]] == ["incomplete[0]", "completed[0]"]
    assert state["as_of"] == 4
    assert state["state"]["completed"][0]["title"] == "Milk"
    *_, before = shown(capsys, "--as-of", "3", *words[2:], "-n", "0")
    assert before["state"]["incomplete"][0]["title"] == "Milk"
    assert main(["tail", *words]) == FINE
    said = capsys.readouterr().out
    assert "        + name: Home\n" in said
    assert (
        "`list` home after event 4, touched by 3 events:\n  name: Home\n  incomplete: []\n"
        "  completed:\n    - {" in said
    )


def test_a_long_history_is_read_page_by_page(
    client: EventClient, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storyline_cli.as_of.PAGE", 1)
    *steps, _ = shown(capsys, "--as-of", "4", "--projection", "list", "home")
    assert [step["id"] for step in steps] == [1, 2, 4]


def test_what_no_event_touched_and_what_is_yet_to_come_are_told(
    client: EventClient, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["tail", "--as-of", "9", "--projection", "list", "nowhere"]) == FINE
    said = capsys.readouterr().out
    assert "`list` nowhere after event 9, touched by no event:\n" in said
    assert said.endswith("  The log ends with event 4.\n")


def test_an_event_that_cannot_be_folded_is_shown_and_left_out(
    client: EventClient, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise ValueError("no \x1b[31m")

    monkeypatch.setattr("todo_app.projections.todo.list.ListProjection.on_item_added", refuse)
    words = ["tail", "--as-of", "2", "--projection", "list", "home"]
    assert main(words) == FINDINGS
    said = capsys.readouterr().out
    assert "        ! left out: ValueError: no \\x1b[31m\n" in said
    assert said.endswith(
        "  completed: []\n  removed: []\n  Left out: 1 event that could not be folded.\n"
    )
    assert main([*words, "--format", "json"]) == FINDINGS
    _, failed, state = map(json.loads, capsys.readouterr().out.splitlines())
    assert failed["error"] == "ValueError: no \x1b[31m"
    assert state["state"]["name"] == "Home"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("NIX", "neither an event nor a filter `NIX`"),
        ("list_stream", "`list_stream list_id=…`"),
        ("urgent_items before=soon", "`before=soon` is not what `before` takes"),
        ("--where priority", "`name=value`"),
        ("--story shop", "no story `shop`"),
        ("--as-of 3", "go together"),
        ("--as-of 3 --projection nix home", "no projection `nix`"),
        ("--as-of 3 --projection list", "Give its `list_id`."),
        ("--after -1", "0 or more"),
        ("--format sarif", "`--format text` or `json`"),
        ("--dsn host=/nowhere", "cannot be reached"),
    ],
)
def test_a_wrong_question_is_told(
    client: EventClient, capsys: pytest.CaptureFixture[str], words: str, reason: str
) -> None:
    assert main(["tail", "--once", *words.split()]) == USAGE
    assert reason in capsys.readouterr().err


def test_the_log_is_followed_until_somebody_presses_ctrl_c(client: EventClient) -> None:
    """On a terminal, in colour, and without a word at the end."""
    ours, theirs = pty.openpty()
    words = [sys.executable, "-m", "storyline_cli", "tail", "-n", "1"]
    process = subprocess.Popen(words, stdout=theirs, stderr=theirs)
    os.close(theirs)
    os.set_blocking(ours, False)
    said = bytearray()

    def says(text: bytes) -> bool:
        with suppress(BlockingIOError):
            said.extend(os.read(ours, 65536))
        return text in said

    try:
        assert eventually(lambda: says(b"ITEM_COMPLETED"), 30)
        client.save_event(ItemAdded(list_id=HOME, item_id=TEA, title="\x1b]0;title\x07"))
        assert eventually(lambda: says(rb"\u001b]0;title\u0007"), 30)
        assert b"\x1b]0;title" not in said
        assert b"\x1b[2m" in said
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == FINE
        assert b"Traceback" not in said
        assert b"interrupted" not in said
    finally:
        process.kill()
        process.wait()
        os.close(ours)
