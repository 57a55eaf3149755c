"""Whatever the tables of a story say, it is resolved or explained. An exception is a bug."""

from __future__ import annotations

import copy
from datetime import date, datetime, time

import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from storyline_generator import reporter
from storyline_generator.checks import check
from storyline_generator.diagnostics import collected
from storyline_generator.reading.document import Document
from storyline_generator.reading.toml import parse
from storyline_generator.resolver import resolve
from storyline_generator.schema import SoundSchema
from storyline_generator.source import Source

from .story_texts import TODO

RICH = (
    TODO
    + """
[types.Address]
fields.lines = { type = "list[str]", max_items = 3, default = ["a"] }
fields.parent = "Address?"
fields.price = { type = "decimal?", min = "0.1", max_digits = 9, decimal_places = 2 }

[events.ADDRESS_SET]
stream = ["list", "user"]
fields.address = { type = "Address", default = { lines = [] } }
fields.tags = "set[Priority]?"
fields.notes = "map[json]"

[streams.user]
key = "user_id"
fields.user_id = "uuid"

[filters.any_of]
any = [
  { where.tags.contains = "$tag", where.address.exists = true },
  { events = ["ITEM_ADDED"], where.title.in = ["a", "$$b"], where.due_on = { gte = 2026-01-01 } },
]

[projections.many]
streams = ["list", "any_of"]
key = "owner"
state.owner = "str"
state.counts = "map[int]"
ignore = ["ITEM_REMOVED"]

[validators.merge]
streams = ["one_item", "user"]
emits = ["ADDRESS_SET"]
"""
)
STORY = tomli.loads(RICH)

HOSTILE = [
    "",
    "\0",
    "\r\n",
    "'; drop table events; --",
    '"""',
    "{{ }}",
    "$",
    "$$",
    "$x",
    "?",
    "list[",
    "list[list[str]]?",
    "map[x]",
    "Item",
    "list",
    "ITEM_ADDED",
    "one_item",
    "x" * 300,
    "日本語",
    "\u202e",
    "__class__",
    "class",
    "(",
    "(?=a)",
    "str",
    "int",
    "nan",
    "-P1D",
    "2026-01-01",
]
values = st.recursive(
    st.one_of(
        st.sampled_from(HOSTILE),
        st.text(max_size=8),
        st.booleans(),
        st.integers(),
        st.sampled_from([10**30, -1, 0, 1]),
        st.floats(),
        st.just(date(2026, 1, 1)),
        st.just(datetime(2026, 1, 1)),
        st.just(time(1, 2, 3)),
    ),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(st.sampled_from(HOSTILE) | st.text(max_size=4), children, max_size=3)
    ),
    max_leaves=6,
)


def places(table: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    here = [path] if path else []
    if isinstance(table, dict):
        return here + [each for key, part in table.items() for each in places(part, (*path, key))]
    if isinstance(table, list):
        return here + [
            each for key, part in enumerate(table) for each in places(part, (*path, key))
        ]
    return here


@st.composite
def mutated_stories(draw: st.DrawFn) -> dict[str, object]:
    story = copy.deepcopy(STORY)
    for _ in range(draw(st.integers(1, 4))):
        *way, last = draw(st.sampled_from(places(story)))
        parent: object = story
        for key in way:
            parent = parent[key]  # type: ignore[index]
        mutate(draw, parent, last)
    return story


def mutate(draw: st.DrawFn, parent: object, key: str | int) -> None:
    what = draw(st.sampled_from(["replace", "delete", "rename", "copy"]))
    if isinstance(parent, list):
        assert isinstance(key, int)
        parent[key] = draw(values)
    elif isinstance(parent, dict):
        if what == "replace":
            parent[key] = draw(values)
        elif what == "delete":
            del parent[key]
        elif what == "rename":
            parent[draw(st.sampled_from(HOSTILE) | st.text(max_size=5))] = parent.pop(key)
        else:
            _, value = draw(st.sampled_from(sorted(parent.items(), key=str)))
            parent[key] = copy.deepcopy(value)


def outcome(tables: dict[str, object]) -> str:
    result = check(resolve(Document(tables, Source("story.toml", RICH))))
    return "" if isinstance(result, SoundSchema) else reporter.report(result)


def test_the_story_that_is_mutated_is_sound() -> None:
    assert outcome(STORY) == ""


@settings(max_examples=200, deadline=None)
@given(mutated_stories())
def test_a_mutated_story_is_sound_or_explained(story: dict[str, object]) -> None:
    outcome(story)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(STORY)) | st.text(max_size=5), values, max_size=4))
def test_any_tables_at_all_are_sound_or_explained(tables: dict[str, object]) -> None:
    outcome(tables)


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, len(RICH)), st.integers(0, 40), st.sampled_from(HOSTILE) | st.text(max_size=9)
)
def test_a_mutated_text_is_sound_or_explained(start: int, length: int, insert: str) -> None:
    text = RICH[:start] + insert + RICH[start + length :]
    tables, diagnostics = collected(parse(Source("story.toml", text)))
    assert tables is not None or diagnostics
    reporter.report(diagnostics)
    if tables is not None:
        result = check(resolve(Document(tables, Source("story.toml", text))))
        assert isinstance(result, SoundSchema) or reporter.report(result)
