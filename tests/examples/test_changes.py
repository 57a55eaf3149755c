"""Every change of a released story is refused at its place, or really works on stored rows.

The code of each release writes into one database, beside the others; that of the last reads, asks,
and asks with the index. The tables of a log are the same in every release.
"""

import shutil
from pathlib import Path

import pytest

from changes import ALLOWED, REFUSED, Change
from projects import command
from releases import release_shapes
from storyline_generator import pipeline, reporter
from storyline_generator.reading.spans import span_of

RELEASES = 3

PREPARE = """
import importlib, sys
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID
import psycopg
from storyline import EventClient, statements
from storyline.questions import Slice

def names_of(story):
    module = importlib.import_module(f"app.story.{story}")
    return globals() | {name: getattr(module, name) for name in module.__all__}
"""

WRITE = """
for story, rows in STORIES.items():
    names = names_of(story)
    with EventClient(names[story.upper()], sys.argv[1]) as client:
        client.save_events([eval(row, names) for row in rows])
"""

READ = """
connection = psycopg.connect(sys.argv[1], autocommit=True)
connection.execute("set enable_seqscan = off")

def is_indexed(story, question):
    asked = statements.event_stream(story, question, Slice())
    with connection.transaction(force_rollback=True):  # a short log is best read by its ids
        connection.execute(f"alter table {story.name}.events drop constraint events_pkey")
        plan = connection.execute("explain " + asked.text.as_string(connection), asked.parameters)
        return "events_by_" in str(plan.fetchall())

for story, (reads, finds, indexed) in STORIES.items():
    names = names_of(story)
    log = names[story.upper()]
    with EventClient(log, sys.argv[1]) as client:
        rows = client.get_event_stream(eval("box_stream(box_id='b')", names))
        expected = [eval(each, names) for each in reads]
        assert [row.data for row in rows] == expected, (story, [row.data for row in rows])
        for asked, found in finds.items():
            question = eval(asked, names)
            wanted = [rows[number] for number in found]
            assert list(client.get_event_stream(question)) == wanted, (story, asked)
            assert [row for row in rows if question.matches(row)] == wanted, (story, asked)
        for asked in indexed:
            assert is_indexed(log, eval(asked, names)), (story, asked)
"""


def test_what_is_allowed_is_read_and_found(tmp_path: Path, storyline_dsn: str) -> None:
    releases = [tmp_path / str(number) for number in range(RELEASES)]
    for number, project in enumerate(releases):
        begin(project, number, releases[number - 1] if number else None)
    command(releases[-1], "storyline", "migrate", "up", "--dsn", storyline_dsn)
    for number, project in enumerate(releases):
        rows = {each.name: rows_of(each, number) for each in ALLOWED if rows_of(each, number)}
        command(project, "python", "-c", f"{PREPARE}STORIES = {rows}\n{WRITE}", storyline_dsn)
    asked = {each.name: (each.reads, each.finds, indexed(each)) for each in ALLOWED}
    command(releases[-1], "python", "-c", f"{PREPARE}STORIES = {asked}\n{READ}", storyline_dsn)


def begin(project: Path, number: int, before: Path | None) -> None:
    """One release of all stories, over the locks and migrations of the one before."""
    if before:
        for kept in ("schemas", "migrations"):
            shutil.copytree(before / kept, project / kept)
    for each in ALLOWED:
        folder = project / "schemas" / each.name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "story.toml").write_text(text_of(each, number))
    (project / "pyproject.toml").write_text("[tool.storyline]\n")
    command(project, "storyline", "generate")
    command(project, "storyline", "release")


def text_of(change: Change, number: int) -> str:
    """A change that takes fewer releases is at its last in the end, and at its first until then."""
    first = RELEASES - len(change.stages)
    stage = change.stages[max(0, number - first)]
    settings, head = stage.startswith("wire"), change.head
    body = f"{stage}\n{head}" if settings else f"{head}\n{stage}"
    return f'story = "{change.name}"\n{body}'


def rows_of(change: Change, number: int) -> tuple[str, ...]:
    first = RELEASES - len(change.stages)
    return change.rows[number - first] if 0 <= number - first < len(change.rows) else ()


def indexed(change: Change) -> list[str]:
    """The questions of filters that have an index, and of streams."""
    last = change.stages[-1]
    return [
        asked
        for asked in change.finds
        if f"[filters.{asked.partition('(')[0]}]" not in last
        or "index = true" in last.partition(f"[filters.{asked.partition('(')[0]}]")[2][:70]
    ]


@pytest.mark.parametrize("change", REFUSED, ids=lambda change: change.name)
def test_what_is_refused_is_told_once_at_its_place(change: Change, tmp_path: Path) -> None:
    *before, now = change.stages
    story = tmp_path / "story.toml"
    for stage in before:
        story.write_text(f'story = "todo"\n{change.head}\n{stage}')
        release_shapes(tmp_path)
    settings = now.startswith("wire")
    body = f"{now.partition(chr(10))[0]}\n{change.head}\n{now.partition(chr(10))[2]}"
    story.write_text(f'story = "todo"\n{body if settings else change.head + now}')
    found = pipeline.read(tmp_path, ".").diagnostics
    places = []
    for each in found:
        line, _ = span_of(each.place).position(each.place.source)
        places.append((each.code, each.place.source.text.splitlines()[line - 1]))
    assert change.refused in places, reporter.report(found)
    lines = [line for _, line in places]
    assert len(set(lines)) == len(lines), reporter.report(found)
    assert len(found) == (2 if "two" in change.name.split("_")[0] else 1), reporter.report(found)
