"""Events written by the code of one release, read and found by that of the next."""

import shutil
import sys
from pathlib import Path

import psycopg
import pytest

from projects import command

HERE = Path(__file__).resolve().parent / "evolution"

WRITE = """
import sys
from datetime import date
from app.story.notes import NOTES, BoardSold, NotePinned, NoteTorn
from storyline import EventClient

with EventClient(NOTES, sys.argv[1]) as client:
    note = NotePinned(
        board="b", text="Milk", size=2, on=date(2026, 1, 2), colour="red", author="me"
    )
    client.save_events([note, NoteTorn(board="b", text="Milk"), BoardSold(board="b", price=5)])
"""

UPCAST = """
def upcast(old):
    return {**old, "size": old["size"] + " cm"}
"""

READ = """
import sys
from datetime import UTC, datetime
import pytest
from app.story.notes import (
    NOTES, BoardSold, NotePinned, NoteTorn, board_stream, labelled, titled, unlike, urgent,
)
from storyline import ConflictError, EventClient, RetiredEventError, gte

with EventClient(NOTES, sys.argv[1]) as client:
    old, torn, sold = client.get_event_stream(board_stream(board_id="b"))
    assert old.data == NotePinned(
        board_id="b", title="Milk", size="2 cm", at=datetime(2026, 1, 2, tzinfo=UTC),
        colour="crimson", author="me", urgency=3, labels=["plain"],
    ), old
    assert torn.data == NoteTorn(board_id="b", title="Milk")
    assert sold.data == BoardSold(board_id="b", price=5)
    new = client.save_event(old.data)
    with pytest.raises(RetiredEventError):
        client.save_event(sold.data)

    questions = {
        titled(title="Milk"): [old, torn, new],
        titled(title="Eggs"): [],
        urgent(least=3): [old, new],
        urgent(least=4): [],
        labelled(label="plain"): [old, new],
        labelled(label="odd"): [],
        unlike(title="Milk"): [],
        unlike(title="Eggs"): [old, torn, new],
        board_stream(board_id="b"): [old, torn, sold, new],
        NotePinned.where(urgency=gte(3), title="Milk"): [old, new],
        NotePinned.where(urgency=gte(4)): [],
    }
    for question, expected in questions.items():
        assert list(client.get_event_stream(question)) == expected, question
        assert [each for each in (old, torn, sold, new) if question.matches(each)] == expected
        if expected:
            with pytest.raises(ConflictError) as caught:
                client.save_event_with_stream_validation(
                    torn.data, streams=[question], latest_event_id=0
                )
            assert list(caught.value.events) == expected
        else:
            found = client.get_history(question)
            assert not found.events
"""


KEYS = """
import sys
import psycopg
from app.story.notes import NOTES, LabelProjectionBase, NoteProjectionBase
from storyline import EventClient
from storyline.expressions import state_ids

with EventClient(NOTES, sys.argv[1]) as client, psycopg.connect(sys.argv[1]) as connection:
    expected = {NoteProjectionBase: [("Milk",), ("Milk",)], LabelProjectionBase: [("plain",)]}
    for projection, ids in expected.items():
        found = client.get_event_stream(projection.reads)
        assert [projection.ids_of(event) for event in found] == ids
        query = "select {} from notes.events where type = any (%s) order by id"
        text = query.format(state_ids(projection.state_key).as_string(connection))
        rows = connection.execute(text, [list(projection.reads.types)]).fetchall()
        assert [tuple(row) for (row,) in rows] == ids, rows
        assert list(client.get_event_stream(projection.query_of(ids[0][0]))) == list(found)
"""


@pytest.fixture
def project(tmp_path: Path, storyline_dsn: str) -> Path:
    """The second release, over the log of the first; a third version was released in between."""
    command(tmp_path, "storyline", "init", "notes")
    shutil.copy(HERE / "version_1.toml", tmp_path / "schemas/notes.toml")
    command(tmp_path, "storyline", "generate")
    command(tmp_path, "storyline", "release")
    command(tmp_path, "storyline", "migrate", "up", "--dsn", storyline_dsn)
    command(tmp_path, "python", "-c", WRITE, storyline_dsn)
    story = (HERE / "version_2.toml").read_text()
    second, third = story.replace("version = 3", "version = 2"), story
    start, end = (
        second.index("[[events.NOTE_PINNED.upcast]]\nfrom = 2"),
        second.index("[events.NOTE_T"),
    )
    (tmp_path / "schemas/notes.toml").write_text(second[:start] + second[end:])
    command(tmp_path, "storyline", "release")
    (tmp_path / "schemas/notes.toml").write_text(third)
    command(tmp_path, "storyline", "generate")
    return tmp_path


def test_events_of_every_version_are_read_and_found(project: Path, storyline_dsn: str) -> None:
    with (project / "app/upcasters/notes/note_pinned_v2_to_v3.py").open("a") as code:
        code.write(UPCAST)
    command(project, "python", "-c", READ, storyline_dsn)


def test_events_of_every_version_say_which_states_they_touch(
    project: Path, storyline_dsn: str
) -> None:
    with (project / "app/upcasters/notes/note_pinned_v2_to_v3.py").open("a") as code:
        code.write(UPCAST)
    command(project, "python", "-c", KEYS, storyline_dsn)


def test_an_index_serves_the_question_that_covers_every_version(
    project: Path, storyline_dsn: str
) -> None:
    later = [file.read_text() for file in (project / "migrations").glob("0002_notes-indexes-*.sql")]
    assert all("coalesce(data->>'title', data->>'text')" in sql for sql in later)
    command(project, "storyline", "migrate", "up", "--dsn", storyline_dsn)
    plan = (
        "import psycopg, sys; from storyline import statements\n"
        "from storyline.questions import Slice\n"
        "from app.story.notes import NOTES, {0}\n"
        "s = statements.event_stream(NOTES, {0}({1}), Slice())\n"
        "c = psycopg.connect(sys.argv[1]); c.execute('set enable_seqscan = off')\n"
        "c.execute('set enable_bitmapscan = off')\n"
        "t = 'explain ' + s.text.as_string(c)\n"
        "print(c.execute(t, s.parameters).fetchall())"
    )
    for name, given in (
        ("titled", "title='x'"),
        ("urgent", "least=3"),
        ("board_stream", "board_id='b'"),
    ):
        said = command(project, "python", "-c", plan.format(name, given), storyline_dsn)
        assert "COALESCE" in said.partition("Index Cond: ")[2], said


def test_evolved_code_is_clean_under_the_type_checkers(project: Path) -> None:
    command(project, "mypy", "--strict", "app")
    (project / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}')
    command(project, "pyright", "--pythonpath", sys.executable, "app")
    command(project, "ruff", "check", "--isolated", "app")
    command(project, "storyline", "generate", "--check")


def test_a_newer_version_than_this_code_knows_is_told(project: Path, storyline_dsn: str) -> None:
    with psycopg.connect(storyline_dsn, autocommit=True) as connection:
        connection.execute("alter table notes.events disable trigger all")
        connection.execute("update notes.events set version = 4 where id = 2")
    read = (
        "import sys, pytest; from app.story.notes import NOTES, board_stream\n"
        "from storyline import EventClient, UnreadableEventError\n"
        "with EventClient(NOTES, sys.argv[1]) as client:\n"
        "    with pytest.raises(UnreadableEventError, match='version 4, and this code knows 1'):\n"
        "        client.get_event_stream(board_stream(board_id='b'), after_id=1)"
    )
    command(project, "python", "-c", read, storyline_dsn)
