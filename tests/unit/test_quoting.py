"""Whatever a schema says stays text in the generated source."""

from __future__ import annotations

import ast
import inspect
import string
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyline_generator.plan.quoting import WIDTH, comment, docstring, quoted, quoted_tuple

HOSTILE = st.text(st.one_of(st.characters(), st.sampled_from("\"'\\\r\n\t\0\u2028\u202e{}#%")))


@given(HOSTILE)
def test_a_literal_evaluates_to_the_text(text: str) -> None:
    assert ast.literal_eval(quoted(text)) == text


@given(HOSTILE)
def test_a_literal_is_one_line_that_utf8_can_hold(text: str) -> None:
    assert len(quoted(text).encode().splitlines()) == 1


@given(HOSTILE)
def test_a_docstring_is_one_string_and_nothing_else(text: str) -> None:
    source = docstring(text)
    assert source == "" or isinstance(ast.literal_eval(source), str)


@given(st.text(st.sampled_from('ab "\\\n'), max_size=40))
def test_a_docstring_says_what_the_text_says(text: str) -> None:
    said = ast.literal_eval(docstring(text) or '""')
    assert said.split() == text.split()


@given(HOSTILE)
def test_a_comment_never_ends_before_its_line(text: str) -> None:
    assert len(f"# {comment(text)}".splitlines()) == 1


def test_long_documentation_is_wrapped() -> None:
    source = docstring("word " * 40)
    assert max(map(len, source.splitlines())) <= 81
    assert inspect.cleandoc(ast.literal_eval(source)).split() == ["word"] * 40


@pytest.mark.parametrize("text", ["Größe", "名前", "naïve ✓", string.ascii_letters])
def test_what_a_person_can_read_is_left_readable(text: str) -> None:
    assert quoted(text) == f'"{text}"'


@pytest.mark.parametrize("text", ["\u202e", "\u200b", "\u2028", "\x1b", "\x00", "\ufeff"])
def test_what_a_person_cannot_see_is_escaped(text: str) -> None:
    assert quoted(text).isascii()


def test_a_tuple_of_one_is_a_tuple() -> None:
    assert ast.literal_eval(quoted_tuple(["a"])) == ("a",)
    assert ast.literal_eval(quoted_tuple(["a", "b"])) == ("a", "b")
    assert ast.literal_eval(quoted_tuple([])) == ()


WORDS = st.lists(st.integers(1, 90).map(lambda length: ("é-" * 45)[:length]), max_size=9)


@given(WORDS)
def test_plain_text_is_wrapped_as_any_text_is(words: list[str]) -> None:
    text = " ".join(words)
    wrapped = textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)
    assert docstring(text).strip('"').splitlines() == wrapped
