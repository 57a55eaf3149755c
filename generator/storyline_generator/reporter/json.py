"""Turns diagnostics into JSON for other programs. The keys stay; there may be more of them one day.

    {"diagnostics": [{"severity", "code", "message", "hint", "path", "range", "related"}]}

`path` is relative to the project, with forward slashes. `range` has `line`, `column`, `end_line`
and `end_column`, counted from 1 in code points, the end behind the last character; it is null where
a whole file is meant. `related` is a list of `message`, `path` and `range`. What is not said is
empty, never absent.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from storyline_generator.diagnostics import Diagnostic, Place
from storyline_generator.reporter.order import range_of


def report(diagnostics: Sequence[Diagnostic]) -> str:
    document = {"diagnostics": [_diagnostic(diagnostic) for diagnostic in diagnostics]}
    return json.dumps(document, indent=2) + "\n"


def _diagnostic(diagnostic: Diagnostic) -> dict[str, object]:
    return {
        "severity": diagnostic.severity,
        "code": diagnostic.code,
        "message": diagnostic.message,
        "hint": diagnostic.hint,
        **_where(diagnostic.place),
        "related": [
            {"message": related.message, **_where(related.place)} for related in diagnostic.related
        ],
    }


def _where(place: Place) -> dict[str, object]:
    found = range_of(place)
    return {"path": place.source.path, "range": found and dict(vars(found))}
