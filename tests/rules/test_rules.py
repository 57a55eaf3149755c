"""Every rule, in the form in which a user meets it: a story and what is said about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from storyline_generator import explanations, pipeline, reporter
from storyline_generator.diagnostics import Diagnostic
from storyline_generator.reading.spans import span_of

from .cases import Case, Expected, all_cases

CASES = all_cases()


def diagnostics_of(case: Case, root: Path) -> list[Diagnostic]:
    for name, content in case.files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    stories = pipeline.read(root, "." if case.files else "schemas")
    return [*stories.diagnostics, *(pipeline.warnings(stories) if case.is_linted else ())]


def told(diagnostic: Diagnostic) -> tuple[str, int, str, str]:
    source = diagnostic.place.source
    line, _ = span_of(diagnostic.place).position(source)
    return source.path, line, diagnostic.severity, diagnostic.code


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_story_is_told_exactly_its_mistakes(case: Case, tmp_path: Path) -> None:
    found = diagnostics_of(case, tmp_path)
    if case.report is not None:
        assert reporter.report(found) == case.report
    else:
        assert_as_expected(found, case.expected)


def assert_as_expected(found: list[Diagnostic], expected: tuple[Expected, ...]) -> None:
    report = reporter.report(found)
    places = sorted((each.path, each.line, each.severity, each.code) for each in expected)
    assert sorted(map(told, found)) == places, report
    for each in expected:
        assert any(
            each.text in diagnostic.message
            for diagnostic in found
            if told(diagnostic) == (each.path, each.line, each.severity, each.code)
        ), report


@pytest.mark.parametrize("code", explanations.codes_of_stories())
def test_every_code_has_an_explanation_with_an_example(code: str) -> None:
    explanation = explanations.explanation(code) or ""
    what, why, *_ = explanation.split("\n\n")
    assert "\n" not in what.strip()
    assert why
    assert "Example" in explanation


def test_every_code_has_a_case_here_that_shows_it() -> None:
    shown = {code for case in CASES for code in case.codes}
    assert shown == set(explanations.codes_of_stories())


def test_a_code_that_nobody_knows_has_no_explanation() -> None:
    assert explanations.explanation("no-such-code") is None
