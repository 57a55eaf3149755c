"""What may stand in `where`, as JSON Schema: a value or a parameter, or a table of operators."""

from __future__ import annotations

from collections.abc import Mapping

from storyline_generator.json_schema import names
from storyline_generator.json_schema.descriptions import OPERATORS
from storyline_generator.json_schema.tables import Json, declarations, own_keys
from storyline_generator.resolver.operators import TAKE_MANY
from storyline_generator.schema import Operator

_VALUE: Json = {"type": ["string", "number", "boolean", "array"]}
_PARAMETER: Json = {"type": "string", "pattern": r"^\$[A-Za-z_]\w*$"}
_OPERANDS: Mapping[Operator, Json] = {
    **{operator: {"anyOf": [_PARAMETER, {"type": "array"}]} for operator in TAKE_MANY},
    Operator.EXISTS: {"anyOf": [_PARAMETER, {"type": "boolean"}]},
}


def where() -> Json:
    """By field; a value alone means `eq`."""
    operators: Json = {
        "type": "object",
        "properties": {
            operator.value: {"description": OPERATORS[operator], **_OPERANDS.get(operator, {})}
            for operator in Operator
        },
        "minProperties": 1,
        **own_keys(),
    }
    return declarations(names.LOWER, {"anyOf": [_VALUE, operators]})
