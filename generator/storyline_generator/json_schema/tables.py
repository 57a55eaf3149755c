"""The shape of a table → its JSON Schema. What a shape leaves open, and only that, must be told.

A key that a later release will understand is left out, so that an editor refuses it as well.
"""

from __future__ import annotations

from collections.abc import Mapping

from storyline_generator.json_schema.descriptions import DESCRIPTIONS
from storyline_generator.resolver.tables import Kind, Shape

Json = dict[str, object]

_TEXT: Json = {"type": "string"}
_PLAIN: Mapping[Kind, Json] = {
    Kind.TEXT: _TEXT,
    Kind.NAME: {**_TEXT, "minLength": 1},
    Kind.FLAG: {"type": "boolean"},
    Kind.COUNT: {"type": "integer", "minimum": 0, "maximum": 2**31 - 1},
}


def table(name: str, shape: Shape, refined: Mapping[str, Json]) -> Json:
    """`refined`: what a text, or each name of a list, looks like; and what is in a table."""
    properties = {
        key: {"description": DESCRIPTIONS[name][key], **_value(kind, key, refined)}
        for key, kind in shape.items()
        if kind is not Kind.LATER
    }
    return {"type": "object", "properties": properties, **own_keys()}


def declarations(name: Json, value: Json) -> Json:
    """A table whose keys are names that the user chooses."""
    own = {"pattern": "^x-"}
    return {
        "type": "object",
        "propertyNames": {"anyOf": [own, name]},
        "additionalProperties": value,
        "patternProperties": {"^x-": {}},
    }


def own_keys() -> Json:
    """No other keys but the user's own."""
    return {"patternProperties": {"^x-": {}}, "additionalProperties": False}


def _value(kind: Kind, key: str, refined: Mapping[str, Json]) -> Json:
    match kind:
        case Kind.NAMES:
            return _list_of(refined.get(key, _TEXT))
        case Kind.NAME_OR_NAMES:
            one = refined.get(key, _TEXT)
            return {"anyOf": [one, _list_of(one) | {"minItems": 1}]}
        case Kind.TABLES:
            return {"type": "array", "items": refined[key]}
        case Kind.TABLE | Kind.ANYTHING:
            return refined[key]
        case _:
            return refined.get(key, _PLAIN[kind])


def _list_of(name: Json) -> Json:
    return {"type": "array", "items": name, "uniqueItems": True}
