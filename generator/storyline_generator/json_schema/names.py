"""How names and types are written, as JSON Schema."""

from __future__ import annotations

import re

from storyline_generator.checks import invalid_name
from storyline_generator.json_schema.tables import Json
from storyline_generator.resolver.type_grammar import pattern
from storyline_generator.schema import Scalar


def _written_like(name: re.Pattern[str]) -> Json:
    return {"type": "string", "pattern": f"^(?:{name.pattern})$"}


LOWER = _written_like(invalid_name.LOWER)
UPPER = _written_like(invalid_name.UPPER)
CAPITALISED = _written_like(invalid_name.CAPITALISED)

TYPE: tuple[Json, Json] = (
    {"enum": [scalar.value for scalar in Scalar]},
    {"type": "string", "pattern": f"^{pattern(invalid_name.CAPITALISED.pattern)}$"},
)
"""The first is what an editor completes, the second what it accepts."""
