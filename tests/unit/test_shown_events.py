"""Events on a terminal: readable at any width, and unable to control it."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from storyline_cli.shown_events import (
    COLOURED,
    Look,
    StoredEvent,
    json_line,
    lines,
    width_of,
)
from storyline_cli.state_changes import Change, changes

HOSTILE = "\x1b[31mred\x07\x9b2J\u202eevil\u2028\r\n\x7f"


def event(data: object, type: str = "ITEM_ADDED", **metadata: object) -> StoredEvent:
    texts = json.dumps(data, ensure_ascii=False), json.dumps(metadata, ensure_ascii=False)
    return StoredEvent(7, type, 1, *texts, datetime(2026, 11, 25, 17, 3, 12, 123456))


def test_an_event_that_fits_is_one_line() -> None:
    shown = list(lines(event({"list_id": "home", "title": "Six eggs"}, actor="ann"), Look()))
    assert shown == [
        '     7  2026-11-25 17:03:12.123Z  ITEM_ADDED  list_id=home  title="Six eggs"  @actor=ann'
    ]


@pytest.mark.parametrize("width", [40, 80, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    long = {"note": "x" * 500, "place": "東京" * 90, "short": 1, "list": list(range(90))}
    for look in (Look(width=width), Look(COLOURED, width)):
        shown = list(lines(event({**long, **{f"key{n}": n for n in range(30)}}), look))
        assert len(shown) > 5
        assert all(width_of(plain(line)) <= max(width, 44) for line in shown)


def plain(line: str) -> str:
    for part in (COLOURED.dim, COLOURED.name, COLOURED.reset, *COLOURED.kinds):
        line = line.replace(part, "")
    return line


def test_what_an_event_holds_cannot_control_the_terminal() -> None:
    planted = event({HOSTILE: HOSTILE, "deep": [{HOSTILE: HOSTILE}]}, HOSTILE, **{HOSTILE: HOSTILE})
    for look in (Look(), Look(width=60), Look(width=10_000)):
        assert all(line.isprintable() for line in lines(planted, look))
    line = json_line(planted)
    assert line.isprintable()
    read = json.loads(line)
    assert (read["type"], read["data"][HOSTILE]) == (HOSTILE, HOSTILE)
    assert read["metadata"] == {HOSTILE: HOSTILE}


def test_json_keeps_numbers_as_they_are_stored() -> None:
    stored = event({})._replace(data='{"price": 1.10, "many": 123456789012345678901234567890}')
    assert '"price": 1.10, "many": 123456789012345678901234567890' in json_line(stored)
    (line,) = lines(stored, Look())
    assert line.endswith("price=1.10  many=123456789012345678901234567890")


def test_of_lists_it_is_told_what_came_and_went() -> None:
    before = {"name": "", "open": [{"id": 1}, {"id": 2}], "deep": {"a": 1, "b": 2}}
    after = {"name": "Home", "open": [{"id": 2}], "done": [{"id": 1}], "deep": {"a": 1, "b": 3}}
    assert list(changes(before, after)) == [
        Change("name", "", "Home"),
        Change("open[0]", before={"id": 1}),
        Change("deep.b", 2, 3),
        Change("done", after=[{"id": 1}]),
    ]
    assert [change.as_json for change in changes({"a": 1}, {})] == [{"path": "a", "before": 1}]
    assert list(changes(after, after)) == []
