"""Every rule, in the form in which a user meets it: a story and what is said about it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from releases import release_shapes
from storyline_generator import advice, explanations, pipeline, reporter
from storyline_generator.compatibility import RULES, judged
from storyline_generator.diagnostics import Diagnostic, collected
from storyline_generator.lock import read_lock
from storyline_generator.reading.loader import load
from storyline_generator.reading.spans import span_of
from storyline_generator.resolver import resolve

from .cases import Case, Expected, all_cases

CASES = all_cases()
ALLOWED: Any = "allowed"


def diagnostics_of(case: Case, root: Path) -> list[Diagnostic]:
    for previous in case.previous:
        put(previous, root)
        release_shapes(root)
    for name in {name for previous in case.previous for name in previous}:
        (root / name).unlink()
    put(case.files, root)
    stories = pipeline.read(root, "." if case.files else "schemas")
    warnings = advice.warnings if case.is_linted else advice.risks
    told = case.is_linted or case.is_judged
    return [*stories.diagnostics, *(warnings(stories) if told else ())]


def put(files: dict[str, bytes], root: Path) -> None:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)


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
        assert_as_expected([*found, *let_pass(case, found, tmp_path)], case.expected)


def let_pass(case: Case, found: list[Diagnostic], root: Path) -> list[Diagnostic]:
    """What a rule has seen and nobody is told, made tellable: allowed, or answered by a comment."""
    if not case.is_judged:
        return []
    (document,) = load(root, root).documents
    lock, _ = collected(read_lock(document.lock))
    places = {(each.code, each.place) for each in found}
    return [
        Diagnostic(verdict.rule.code, verdict.message, verdict.now, severity=ALLOWED)
        for verdict in judged(resolve(document).schema, lock)
        if (verdict.rule.code, verdict.now) not in places
    ]


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


NEVER_FIRE = {"reordered-fields", "nullable-field", "naive-datetime"}
"""Of these changes the language has none, or nothing that is stored depends on them."""
WITH_INDEXES = {"new-index"}
"""Index definitions are no part of a story; `tests/unit/test_compatibility.py` has them."""


def test_every_code_has_a_case_here_that_shows_it() -> None:
    shown = {code for case in CASES for code in case.codes}
    assert shown == set(explanations.codes_of_stories()) - NEVER_FIRE - WITH_INDEXES


def test_every_rule_of_compatibility_has_a_case_that_passes_and_if_it_can_one_that_does_not() -> (
    None
):
    told = {rule.id for rule in RULES if rule.level != "allowed"}
    titles = [
        case.name.partition(": ")[2].split(":")[0].split() for case in CASES if case.is_judged
    ]
    holding = {word for *ids, verb in titles if verb in ("hold", "holds") for word in ids}
    breaking = {word for *ids, verb in titles if verb in ("break", "breaks") for word in ids}
    assert holding == {rule.id for rule in RULES} >= {f"B{number:02}" for number in range(1, 37)}
    assert breaking >= told


def test_a_code_that_nobody_knows_has_no_explanation() -> None:
    assert explanations.explanation("no-such-code") is None
