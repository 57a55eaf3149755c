"""Turns diagnostics into SARIF 2.1.0, which code scanning services and editors read.

Every code that was found is listed as a rule, with its explanation as the help text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from storyline_generator.diagnostics import Diagnostic, Place
from storyline_generator.explanations import explanation
from storyline_generator.reporter.order import range_of

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def report(diagnostics: Sequence[Diagnostic]) -> str:
    codes = sorted({diagnostic.code for diagnostic in diagnostics})
    run = {
        "tool": {"driver": {"name": "Storyline", "rules": [_rule(code) for code in codes]}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic, codes) for diagnostic in diagnostics],
    }
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2) + "\n"


def _rule(code: str) -> dict[str, object]:
    text = explanation(code) or code
    return {
        "id": code,
        "shortDescription": {"text": text.partition("\n")[0]},
        "help": {"text": text},
    }


def _result(diagnostic: Diagnostic, codes: Sequence[str]) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": diagnostic.code,
        "ruleIndex": codes.index(diagnostic.code),
        "level": diagnostic.severity,
        "message": {"text": f"{diagnostic.message} {diagnostic.hint}".rstrip()},
        "locations": [_location(diagnostic.place)],
    }
    if diagnostic.related:
        result["relatedLocations"] = list(_related_locations(diagnostic))
    return result


def _related_locations(diagnostic: Diagnostic) -> Iterable[dict[str, object]]:
    for number, related in enumerate(diagnostic.related):
        yield {
            "id": number,
            "message": {"text": related.message},
            **_location(related.place),
        }


def _location(place: Place) -> dict[str, object]:
    physical: dict[str, object] = {
        "artifactLocation": {"uri": quote(place.source.path, errors="replace")}
    }
    if found := range_of(place):
        physical["region"] = {
            "startLine": found.line,
            "startColumn": found.column,
            "endLine": found.end_line,
            "endColumn": found.end_column,
        }
    return {"physicalLocation": physical}
