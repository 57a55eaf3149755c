"""Turns a resolution into a sound schema, or into all that is wrong with it. One rule per file.

The file `unusable_key.py` has the code `unusable-key`; its docstring is what `storyline explain`
prints. To add a rule, add a file and name it below.
"""

from __future__ import annotations

from storyline_generator.checks import (
    contradictory_constraints,
    emits_nothing,
    emits_retired,
    endless_record,
    event_without_key,
    finds_nothing,
    impossible_constraint,
    invalid_name,
    key_of_another_type,
    name_collision,
    reads_nothing,
    repeated_field,
    set_of_compounds,
    state_without_default,
    stream_without_events,
    taken_name,
    unindexable_field,
    unusable_enum,
    unusable_key,
    unusable_pattern,
    wire_key_collision,
)
from storyline_generator.compatibility import judge
from storyline_generator.diagnostics import Diagnostic
from storyline_generator.lock import Past
from storyline_generator.resolver import Resolution
from storyline_generator.schema import SoundSchema

OF_WHAT_IS_THERE = (
    contradictory_constraints,
    emits_retired,
    endless_record,
    impossible_constraint,
    invalid_name,
    key_of_another_type,
    name_collision,
    repeated_field,
    set_of_compounds,
    state_without_default,
    taken_name,
    unindexable_field,
    unusable_enum,
    unusable_key,
    unusable_pattern,
    wire_key_collision,
)
OF_WHAT_IS_MISSING = (
    emits_nothing,
    event_without_key,
    finds_nothing,
    reads_nothing,
    stream_without_events,
)
"""These need the whole story: where a part could not be resolved, it may be all that is missing."""

RULES = (*OF_WHAT_IS_THERE, *OF_WHAT_IS_MISSING)


def check(resolution: Resolution, lock: Past | None = None) -> SoundSchema | tuple[Diagnostic, ...]:
    """Every mistake of the story: those of the resolver, of the rules, and of its evolution.

    What was released is compared with a story that is sound by itself: else it only looks changed.
    None: nobody knows what was, as the lock cannot be read.
    """
    rules = OF_WHAT_IS_THERE if resolution.diagnostics else RULES
    rule_findings = (found for rule in rules for found in rule.check(resolution.schema))
    if found := (*resolution.diagnostics, *rule_findings):
        return found
    if lock is None:
        return SoundSchema(resolution.schema)
    judgement = judge(resolution.schema, lock)
    return judgement.errors or SoundSchema(judgement.schema, judgement.warnings)
