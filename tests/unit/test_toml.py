"""What is not TOML, or more of it than any story needs, is explained, whatever it is."""

from __future__ import annotations

import pytest

from storyline_generator.diagnostics import Diagnostic, collected
from storyline_generator.reading.spans import span_of
from storyline_generator.reading.toml import parse
from storyline_generator.source import Source


def mistake(text: str) -> Diagnostic:
    tables, diagnostics = collected(parse(Source("story.toml", text)))
    assert tables is None
    [diagnostic] = diagnostics
    return diagnostic


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("a = true", None),
        ("a = True", "write `true`"),
        ("a = null", "leave out the key"),
        ("a = todo", "put text in quotes"),
        ("a = “todo”", "straight quotes"),
        ("a =\n", "write a value"),
        ("a = # later", "write a value"),
        ('a = "todo\n', "close the text"),
        ('a = "todo\r\n', "close the text"),
        ('a = """todo\n', "it begins with"),
        ('a = "C:\\dir"', "write `\\\\`"),
        ('a = "\x1b"', "escaped"),
        ("# \x1b", "escaped"),
        ("a = 'todo", "it begins with"),
        ("ä = 1", "put the key in quotes"),
        ("[ä]", "put the key in quotes"),
        ("a 1", "`key = value`"),
        ("[a", "bracket"),
        ("[[a]", "bracket"),
        ("a = [1", "bracket"),
        ("a = 1 b = 2", "line of its own"),
        ("a = 1\rb = 2", "end lines with a line feed"),
    ],
)
def test_what_is_not_toml_is_answered_with_what_would_be(text: str, hint: str | None) -> None:
    if hint is None:
        assert collected(parse(Source("story.toml", text))) == ({"a": True}, ())
    else:
        assert hint in mistake(text).hint


@pytest.mark.parametrize(
    "line",
    [
        "x = " + "[" * 10_000 + "]" * 10_000,
        "x = " + "{a = " * 10_000 + "1" + "}" * 10_000,
        "x = " + "[" * 101 + "]" * 101,
        "[x" + ".a" * 2_000 + "]",
        "x" + ".a" * 200 + " = 1",
        "x = " + "9" * 10_000,
    ],
    ids=lambda line: line[:12],
)
def test_what_is_more_than_can_be_read_is_refused_where_it_stands(line: str) -> None:
    source = Source("story.toml", f'story = "todo"\n{line}\n[events]\n')
    diagnostic = mistake(source.text)
    assert "more than can be read" in diagnostic.message
    assert span_of(diagnostic.place).position(source) == (2, 1)


def test_what_is_nested_as_deep_as_stories_are_is_read() -> None:
    tables, diagnostics = collected(parse(Source("story.toml", "x = " + "[" * 99 + "]" * 99)))
    assert tables
    assert not diagnostics
