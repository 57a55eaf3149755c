"""Spans name the same paths as tomli, and the text that a person would point at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from storyline_generator.diagnostics import Keys, Place
from storyline_generator.reading.spans import entries_of, span_of
from storyline_generator.source import Source

REPOSITORY = Path(__file__).parents[2]


def paths(value: object, keys: Keys = ()) -> Iterator[Keys]:
    if keys:
        yield keys
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from paths(part, (*keys, key))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for index, part in enumerate(value):
            yield from paths(part, (*keys, index))


def pointed_at(text: str, *keys: str | int, value: bool = False) -> str:
    place = Place(Source("story.toml", text), keys)
    span = span_of(place.value if value else place)
    return text[span.start : span.end]


CORPUS = [
    "",
    "# only a comment",
    "a = 1",
    "a.b.c = 1\na.b.d = 2\n",
    '"quoted key"."with.dot"."\\u0041\\t" = 1\n\'raw\\key\' = 2\n',
    "[a]\n[a.b]\nx = 1\n[c . d]\n",
    "[[a]]\nx = 1\n[[a]]\nx = 2\n[a.b]\ny = 1\n[[a.c]]\n[[a.c]]\nz = [1]\n",
    "a = [1, [2, 3], { b = [] }, [\n  # comment ]\n  4,\n  5,\n],]\n",
    "a = { b = { c.d = 1, c.e = [{}] }, f = {} }\n",
    'a = """\n[not.a.header]\nx = 1 \\"""\n"""""\nb = \'\'\'\n\'\'x\'\'\'\'\'\nc = 3\n',
    "a = 1979-05-27 07:32:00 # comment\nb = 07:32:00\nc = [1979-05-27 07:32:00.5, +inf, 0xff]\n",
    'a = 1\r\n[b]\r\nc = [\r\n 1,\r\n]\r\nd = """\r\nx\r\n"""\r\n',
    "a='#'#=\nb=\"]\\\\\"\nc=[']',\"}\"]\n",
    "3.14 = 1\n-1 = 2\ntrue = false\n",
]


@pytest.mark.parametrize("text", CORPUS)
def test_every_path_of_a_document_has_a_span(text: str) -> None:
    assert set(entries_of(Source("s", text))) == set(paths(tomli.loads(text)))


def test_every_path_of_the_toml_files_of_this_repository_has_a_span() -> None:
    files = [f for f in REPOSITORY.rglob("*.toml") if ".venv" not in f.parts]
    assert files
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert set(entries_of(Source(str(file), text))) == set(paths(tomli.loads(text))), file


keys = st.sampled_from(["a", "b-1", '"c d"', "'e.f'", '"\\u00e9"', "7"])
scalars = st.sampled_from(
    ["1", "'x]}'", '"#\\""', "true", "1979-05-27 07:32:00", '"""\n,]"""', "'''}\n'''''", "-inf"]
)


def values(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    items = st.lists(children, max_size=3)
    pairs = st.lists(st.tuples(keys, children), max_size=3, unique_by=lambda pair: pair[0])
    return st.one_of(
        items.map(lambda each: "[ " + " , # ]\n".join(each) + "\n]"),
        pairs.map(lambda each: "{ " + ", ".join(f"{k} = {v}" for k, v in each) + "}"),
    )


dotted = st.lists(keys, min_size=1, max_size=3).map(" . ".join)
statements = st.one_of(
    st.builds("{} = {}".format, dotted, st.recursive(scalars, values, max_leaves=6)),
    dotted.map("[{}]".format),
    dotted.map("[[{}]]".format),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(statements, max_size=8), st.sampled_from(["\n", "\r\n", " # end\n"]))
def test_spans_agree_with_tomli_on_any_valid_text(lines: list[str], newline: str) -> None:
    text = newline.join(lines)
    try:
        document = tomli.loads(text)
    except tomli.TOMLDecodeError:
        entries_of(Source("s", text))  # invalid text has fewer spans, never an exception
        return
    assert set(entries_of(Source("s", text))) == set(paths(document))


@given(st.text(alphabet="[]{}=.,\"'\\#\n\r ab1"))
def test_any_text_at_all_can_be_scanned(text: str) -> None:
    entries_of(Source("s", text))


TEXT = """\
[events.ITEM_ADDED]
fields.title = { type = "Titel" }
fields.tags = [
  "a",
  'b',
]
[[projections.list.example]]
doc = "x"
"""


@pytest.mark.parametrize(
    ("keys", "value", "expected"),
    [
        (("events",), False, "events"),
        (("events", "ITEM_ADDED"), False, "ITEM_ADDED"),
        (("events", "ITEM_ADDED"), True, "ITEM_ADDED"),
        (("events", "ITEM_ADDED", "fields"), False, "fields"),
        (("events", "ITEM_ADDED", "fields", "title"), True, '{ type = "Titel" }'),
        (("events", "ITEM_ADDED", "fields", "title", "type"), False, "type"),
        (("events", "ITEM_ADDED", "fields", "title", "type"), True, '"Titel"'),
        (("events", "ITEM_ADDED", "fields", "tags", 1), False, "'b'"),
        (("events", "ITEM_ADDED", "fields", "title", "nothing", "here"), True, "title"),
        (("projections", "list", "example", 0), False, "example"),
        (("nothing",), False, ""),
    ],
)
def test_a_span_covers_what_a_person_would_point_at(keys: Keys, value: bool, expected: str) -> None:
    assert pointed_at(TEXT, *keys, value=value) == expected
