"""Every rule, as data: its id, its code, its verdict, and the page that explains it."""

from __future__ import annotations

from collections.abc import Mapping

from storyline_generator.compatibility.rule import Rule
from storyline_generator.compatibility.rules import enums, events, fields, searches, states, types

RULES: tuple[Rule, ...] = tuple(
    sorted(
        (
            *events.RULES,
            *fields.RULES,
            *types.RULES,
            *enums.RULES,
            *searches.RULES,
            *states.RULES,
        ),
        key=lambda rule: rule.id,
    )
)
BY_CODE: Mapping[str, Rule] = {rule.code: rule for rule in RULES}
WARNINGS = frozenset(rule.code for rule in RULES if rule.level == "warning")
"""What a comment may answer."""
