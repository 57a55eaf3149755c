"""What is found can be read by other programs: as JSON, as GitHub's annotations, as SARIF."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from storyline_cli import commands
from storyline_generator.diagnostics import Diagnostic, Place, Related
from storyline_generator.reporter import FORMATS, report
from storyline_generator.source import Source, Span

TEXT = 'a = 1\nb = """\nü"""\n'


def place(marked: str, text: str = TEXT) -> Place:
    start = text.index(marked)
    return Place(Source("a folder/story.toml", text), span=Span(start, start + len(marked)))


ERROR = Diagnostic(
    "unknown-type",
    "unknown type `1`.",
    place("1"),
    (Related("like `b`", place('"""\nü"""')),),
    "did you mean `2`?",
)
WARNING = Diagnostic(
    "made-up", "100 %: no, yes\n::error::x", place('"""\nü"""'), severity="warning"
)
WHOLE_FILE = Diagnostic("missing-file", "This file is missing.", Place(Source("app/x.py", "")))
ALL = (WARNING, WHOLE_FILE, ERROR)


def test_json_says_everything_under_the_same_keys() -> None:
    error, warning, whole = json.loads(report(ALL, "json"))["diagnostics"]
    assert error == {
        "severity": "error",
        "code": "unknown-type",
        "message": "unknown type `1`.",
        "hint": "did you mean `2`?",
        "path": "a folder/story.toml",
        "range": {"line": 1, "column": 5, "end_line": 1, "end_column": 6},
        "related": [
            {
                "message": "like `b`",
                "path": "a folder/story.toml",
                "range": {"line": 2, "column": 5, "end_line": 3, "end_column": 5},
            }
        ],
    }
    assert whole["range"] is None
    assert warning.keys() == whole.keys() == error.keys()


def test_github_gets_one_command_a_finding_and_no_schema_can_add_one() -> None:
    error, warning, whole = report(ALL, "github").splitlines()
    assert whole == (
        "::error file=app/x.py,title=missing-file::"
        "This file is missing.%0Astoryline explain missing-file"
    )
    assert error == (
        "::error file=a folder/story.toml,line=1,endLine=1,col=5,endColumn=6,title=unknown-type::"
        "unknown type `1`. did you mean `2`?%0Alike `b`: a folder/story.toml:2"
        "%0Astoryline explain unknown-type"
    )
    assert warning.startswith("::warning file=a folder/story.toml,line=2,endLine=3,title=made-up::")
    assert "100 %25: no, yes" in warning


def test_a_path_cannot_end_its_property() -> None:
    strange = Diagnostic("made-up", "x.", Place(Source("a,b:c%\n::error::", "")))
    (line,) = report([strange], "github").splitlines()
    assert line.startswith("::error file=a%2Cb%3Ac%25\N{REPLACEMENT CHARACTER}%3A%3Aerror%3A%3A,")


def test_sarif_has_what_its_schema_requires() -> None:
    document = json.loads(report(ALL, "sarif"))
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert run["tool"]["driver"]["name"] == "Storyline"
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == [
        result["ruleId"] for result in run["results"]
    ]
    assert [result["level"] for result in run["results"]] == ["error", "warning", "error"]
    assert all(result["message"]["text"] for result in run["results"])
    assert all(rule["help"]["text"] for rule in rules)
    error, _, whole = (located(result) for result in run["results"])
    assert whole == {"artifactLocation": {"uri": "app/x.py"}}
    assert error == {
        "artifactLocation": {"uri": "a%20folder/story.toml"},
        "region": {"startLine": 1, "startColumn": 5, "endLine": 1, "endColumn": 6},
    }


def test_nothing_found_is_a_whole_document_too() -> None:
    assert json.loads(report((), "json")) == {"diagnostics": []}
    assert json.loads(report((), "sarif"))["runs"][0]["results"] == []
    assert report((), "github") == ""


def test_every_format_keeps_the_order_of_the_places() -> None:
    for format in FORMATS:
        told = report(ALL, format)
        assert told == report(reversed(ALL), format)


def located(result: dict[str, Any]) -> object:
    (location,) = result["locations"]
    return location["physicalLocation"]


def test_the_command_line_offers_every_format() -> None:
    assert tuple(FORMATS) == commands.FORMATS


hostile = st.text(st.characters(exclude_categories=())) | st.sampled_from(
    ["\n::error::x", "\r", "%0A", '"}]}', "\x1b[31m", "\u2028", "::", ",file=x", "\udcff", "\0"]
)


@given(hostile, hostile, hostile, hostile)
def test_no_text_of_a_schema_breaks_a_format(path: str, text: str, message: str, hint: str) -> None:
    place = Place(Source(path, text), span=Span(0, len(text)))
    found = Diagnostic("made-up", message, place, (Related(hint, place),), hint)
    (told,) = json.loads(report([found], "json"))["diagnostics"]
    assert (told["path"], told["message"], told["hint"]) == (path, message, hint)
    (result,) = json.loads(report([found], "sarif"))["runs"][0]["results"]
    assert result["message"]["text"].startswith(message.rstrip())
    (line,) = report([found], "github").splitlines()
    assert line.startswith("::error file=")
    properties = line.removeprefix("::error ").partition("::")[0].split(",")
    names = [each.partition("=")[0] for each in properties]
    assert names == list(dict.fromkeys(names))
    assert names[-1] == "title"
