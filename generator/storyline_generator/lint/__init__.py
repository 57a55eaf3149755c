"""Turns a sound schema into advice on it: warnings, of style and of sense. One rule per file.

The file `missing_doc.py` has the code `missing-doc`; its docstring is what `storyline explain`
prints. To add a rule, add a file and name it below. A warning keeps nothing from being generated,
and a user may silence it: `ignores` and `baseline` say how.
"""

from __future__ import annotations

from collections.abc import Iterator

from storyline_generator.diagnostics import Diagnostic
from storyline_generator.lint import (
    event_not_in_the_past,
    event_without_reader,
    filter_without_index,
    inconsistent_field,
    inconsistent_parameter,
    missing_doc,
    unused_index,
    unused_type,
)
from storyline_generator.schema import SoundSchema

RULES = (
    event_not_in_the_past,
    event_without_reader,
    filter_without_index,
    inconsistent_field,
    inconsistent_parameter,
    missing_doc,
    unused_index,
    unused_type,
)
CODES = frozenset(rule.__name__.rpartition(".")[2].replace("_", "-") for rule in RULES)


def lint(sound: SoundSchema) -> Iterator[Diagnostic]:
    """Every warning about one story."""
    for rule in RULES:
        yield from rule.check(sound.schema)
