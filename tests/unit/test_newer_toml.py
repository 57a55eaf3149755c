"""Exactly what TOML 1.0 refuses, and tomli reads all the same, is found."""

from __future__ import annotations

import sys
import tomllib

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from storyline_generator.reading.newer_toml import newer_syntax

scalars = st.sampled_from(
    [
        "1",
        '"\\e"',
        '"\\\\e"',
        "'\\e'",
        '"\\x41"',
        '"""\n\\e"""',
        '",}"',
        "07:32",
        "07:32:00",
        "1979-05-27 07:32",
        "1979-05-27T07:32:00Z",
        "1979-05-27T07:32-07:00",
        "'{\n'",
        "'''{\n,}'''",
    ]
)
blanks = st.sampled_from([" ", "\n", " # ' } ]\n", ""])


def collections(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    array = st.builds("[{0}{1}{0},{0}]".format, blanks, values)
    pair = st.builds("a ={0}".format, values)
    table = st.builds(
        "{{{0}{1}{2}}}".format, blanks, pair, st.sampled_from(["", ",", " ,\n", "\n"])
    )
    two = st.builds("{{ {0}, b = {1} }}".format, pair, values)
    return array | table | two


texts = st.builds("x = {0}\n".format, st.recursive(scalars, collections, max_leaves=5))


@pytest.mark.skipif(sys.version_info >= (3, 15), reason="tomllib reads TOML 1.1 there")
@settings(max_examples=300, deadline=None)
@given(texts)
def test_what_only_tomli_reads_is_newer(text: str) -> None:
    try:
        tomli.loads(text)
    except tomli.TOMLDecodeError:
        return
    try:
        tomllib.loads(text)
        is_old = True
    except tomllib.TOMLDecodeError:
        is_old = False
    assert is_old == (not list(newer_syntax(text)))


def test_the_place_is_what_is_newer() -> None:
    text = 'a = 1\nb = "\\e"\n'
    assert [text[span.start : span.end] for span, _ in newer_syntax(text)] == ['"\\e"']
