"""Rows under names that their event does not have any more, read and found by later releases."""

import shutil
import sys
from pathlib import Path

import psycopg
import pytest

from projects import begin_release, command

HERE = Path(__file__).resolve().parent / "renaming"

WRITE_FIRST = """
import sys
from app.story.things import THINGS, ListLocked, ThingAdded, ThingAssigned
from storyline import EventClient

with EventClient(THINGS, sys.argv[1]) as client:
    added = ThingAdded(list_id="l", text="Milk")
    assigned = ThingAssigned(list_id="l", person_id="p", text="Milk")
    client.save_events([added, assigned, ListLocked(list_id="l")])
"""

WRITE_SECOND = """
import sys
from app.story.things import THINGS, ThingAssigned, ThingPlaced, list_stream
from storyline import EventClient

with EventClient(THINGS, sys.argv[1]) as client:
    first, *_ = client.get_event_stream(list_stream(list_id="l"))
    assert (first.type, first.data.title) == ("THING_PLACED", "Milk")
    placed = ThingPlaced(list_id="l", title="Eggs")
    client.save_events([placed, ThingAssigned(list_id="l", person_id="p", title="Eggs")])
"""

UPCAST = """
def upcast(old):
    return {"title" if key == "text" else key: value for key, value in old.items()}
"""

READ = """
import sys
import pytest
from app.story.things import (
    THINGS, ListClosed, ListProjectionBase, ThingGiven, ThingPut, list_stream, named, person_stream,
)
from storyline import ConflictError, EventClient, RetiredEventError

class ListProjection(ListProjectionBase):
    def on_thing_put(self, state, event):
        return state.replace(seen=[*state.seen, f"put {event.data.name}"])
    def on_thing_given(self, state, event):
        return state.replace(seen=[*state.seen, f"given {event.data.title}"])
    def on_list_closed(self, state, event):
        return state.replace(seen=[*state.seen, "closed"])

with EventClient(THINGS, sys.argv[1]) as client:
    milk, given_milk, closed, eggs, given_eggs = client.get_event_stream(list_stream(list_id="l"))
    assert [e.type for e in (milk, given_milk, closed, eggs, given_eggs)] == [
        "THING_PUT", "THING_GIVEN", "LIST_CLOSED", "THING_PUT", "THING_GIVEN"
    ]
    assert milk.data == ThingPut(list_id="l", name="Milk", size=1)
    assert eggs.data == ThingPut(list_id="l", name="Eggs", size=1)
    assert given_milk.data == ThingGiven(list_id="l", person_id="p", title="Milk")
    with pytest.raises(RetiredEventError):
        client.save_event(closed.data)
    new = client.save_event(ThingPut(list_id="l", name="Milk", size=2))
    everything = [milk, given_milk, closed, eggs, given_eggs, new]
    assert ListProjection(client, list_id="l").state().seen == [
        "put Milk", "given Milk", "closed", "put Eggs", "given Eggs", "put Milk"
    ]

    questions = {
        list_stream(list_id="l"): everything,
        list_stream(list_id="x"): [],
        person_stream(person_id="p"): [given_milk, given_eggs],
        named(name="Milk"): [milk, new],
        named(name="Eggs"): [eggs],
        ThingPut.where(name="Milk"): [milk, new],
        ThingPut.where(size=1): [milk, eggs],
        ListClosed.where(): [closed],
        list_stream(list_id="l").only(ThingPut): [milk, eggs, new],
        list_stream(list_id="l").only("THING_PUT"): [milk, eggs, new],
        list_stream(list_id="l").only("THING_ADDED"): [milk, eggs, new],
        list_stream(list_id="l").only(ThingGiven) | named(name="Eggs"): [
            given_milk, eggs, given_eggs
        ],
    }
    for question, expected in questions.items():
        assert list(client.get_event_stream(question)) == expected, question
        assert [each for each in everything if question.matches(each)] == expected, question
        latest = client.get_latest_event(question)
        assert latest == (expected[-1] if expected else None)
        if expected:
            with pytest.raises(ConflictError) as caught:
                client.save_event_with_stream_validation(
                    new.data, streams=[question], latest_event_id=0
                )
            assert list(caught.value.events) == expected
"""

KEYS = """
import sys
import psycopg
from app.story.things import THINGS, NameProjectionBase
from storyline import EventClient
from storyline.expressions import state_ids

key, reads = NameProjectionBase.state_key, NameProjectionBase.reads
with EventClient(THINGS, sys.argv[1]) as client, psycopg.connect(sys.argv[1]) as connection:
    found = client.get_event_stream(reads)
    assert [NameProjectionBase.ids_of(event) for event in found] == [("Milk",), ("Eggs",)]
    text = "select {} from things.events where id = any (%s) order by id"
    query = text.format(state_ids(key).as_string(connection))
    rows = connection.execute(query, [[event.id for event in found]]).fetchall()
    assert rows == [(["Milk"],), (["Eggs"],)]
    assert list(client.get_event_stream(NameProjectionBase.query_of("Milk"))) == [found[0]]
"""

PLAN = """
import psycopg, sys
from app.story.things import THINGS, list_stream, named, person_stream
from storyline import statements
from storyline.questions import Slice
connection = psycopg.connect(sys.argv[1])
connection.execute("set enable_seqscan = off")
connection.execute("set enable_bitmapscan = off")
for query in (named(name="x"), person_stream(person_id="p")):
    asked = statements.event_stream(THINGS, query, Slice())
    text = "explain " + asked.text.as_string(connection)
    print(connection.execute(text, asked.parameters).fetchall())
"""


@pytest.fixture
def project(tmp_path: Path, storyline_dsn: str) -> Path:
    """The third release, over the log of the first and the second."""
    command(tmp_path, "storyline", "init", "things")
    begin_release(tmp_path, HERE / "version_1.toml", "things")
    command(tmp_path, "storyline", "release")
    command(tmp_path, "storyline", "migrate", "up", "--dsn", storyline_dsn)
    command(tmp_path, "python", "-c", WRITE_FIRST, storyline_dsn)
    begin_release(tmp_path, HERE / "version_2.toml", "things")
    with (tmp_path / "app/upcasters/things/thing_assigned_v1_to_v2.py").open("a") as code:
        code.write(UPCAST)
    command(tmp_path, "storyline", "release")
    command(tmp_path, "python", "-c", WRITE_SECOND, storyline_dsn)
    begin_release(tmp_path, HERE / "version_3.toml", "things")
    command(tmp_path, "storyline", "release")
    return tmp_path


def test_events_under_older_names_are_read_and_found(project: Path, storyline_dsn: str) -> None:
    command(project, "python", "-c", READ, storyline_dsn)


def test_events_under_older_names_say_which_states_they_touch(
    project: Path, storyline_dsn: str
) -> None:
    command(project, "python", "-c", KEYS, storyline_dsn)


def test_code_that_upcasts_keeps_the_name_that_it_was_written_for(project: Path) -> None:
    upcasters = sorted(path.name for path in (project / "app/upcasters/things").glob("*.py"))
    assert upcasters == ["__init__.py", "thing_assigned_v1_to_v2.py"]
    command(project, "storyline", "generate", "--check")


def test_a_new_index_serves_the_question_under_all_names(project: Path, storyline_dsn: str) -> None:
    with psycopg.connect(storyline_dsn, autocommit=True) as connection:
        connection.execute("drop schema things cascade")
        connection.execute("drop schema storyline cascade")
    command(project, "storyline", "migrate", "up", "--dsn", storyline_dsn)
    said = command(project, "python", "-c", PLAN, storyline_dsn)
    assert "events_by_named" in said
    assert "events_by_person_stream" in said


def test_code_of_renamed_events_is_clean_under_the_type_checkers(project: Path) -> None:
    shutil.rmtree(project / "app/upcasters")
    command(project, "storyline", "generate")
    command(project, "mypy", "--strict", "app")
    (project / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}')
    command(project, "pyright", "--pythonpath", sys.executable, "app")
    command(project, "ruff", "check", "--isolated", "app")
