"""The shapes that the resolver reads by → a JSON Schema, by which editors complete and check.

It says what a JSON Schema can say: keys, kinds, operators, the grammar of types, and how names are
written. Whether a name is declared, and a value fits, only the generator knows. Draft 7 is what
every TOML editor reads.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from storyline_generator.json_schema import names
from storyline_generator.json_schema.conditions import where
from storyline_generator.json_schema.tables import Json, declarations, table
from storyline_generator.resolver import (
    STORY,
    examples,
    fields,
    filters,
    projections,
    streams,
    upcasts,
)
from storyline_generator.resolver.declared_types import ID_BASES, TYPES
from storyline_generator.resolver.tables import Shape
from storyline_generator.resolver.validators import VALIDATOR
from storyline_generator.schema import Scalar

FILE = "storyline.schema.json"
_HEAD = {"$schema": "http://json-schema.org/draft-07/schema#", "title": "A Storyline story"}
_START = json.dumps(_HEAD, indent=2).removesuffix("\n}")
_ANYTHING: Json = {}
_TEXT: Json = {"type": "string"}
_NUMBER: Json = {"type": ["number", "string"]}
_CONSTRAINTS = {"min": _NUMBER, "max": _NUMBER, "multiple_of": _NUMBER}
_ONE_KIND_OF_SOURCE: Json = {"oneOf": [{"required": ["stream"]}, {"required": ["streams"]}]}


def text() -> str:
    """The file."""
    return json.dumps({**_HEAD, **story()}, indent=2, ensure_ascii=False) + "\n"


def is_ours(text: str) -> bool:
    """Whether a file of this name is one that some release of Storyline wrote."""
    return text.replace("\r\n", "\n").startswith(_START)


def story() -> Json:
    """One file of a story. It need not name the story: another file of the folder may."""
    return table(
        "story",
        STORY,
        {
            "story": names.LOWER,
            "wire": {"enum": ["camel", "snake"]},
            "types": declarations(names.CAPITALISED, {"oneOf": [*_types()]}),
            "streams": declarations(names.LOWER, _stream()),
            "events": declarations(names.UPPER, _event()),
            "filters": declarations(names.LOWER, _filter()),
            "projections": declarations(names.LOWER, _projection()),
            "validators": declarations(names.LOWER, _validator()),
        },
    ) | {"definitions": {"fields": declarations(names.LOWER, _field())}}


_FIELDS: Json = {"$ref": "#/definitions/fields"}


def _types() -> list[Json]:
    """One for each key that decides what a type is."""
    refined: Mapping[str, Mapping[str, Json]] = {
        "id": {"id": {"enum": [base.value for base in ID_BASES]}},
        "base": {"base": {"enum": [base.value for base in Scalar]}, **_CONSTRAINTS},
        "enum": {"enum": {"type": "string"}, "retired": {"type": "string"}},
        "fields": {"fields": _FIELDS},
    }
    return [
        table("type", shape, refined[key]) | {"required": [key]} for key, shape in TYPES.items()
    ]


def _field() -> Json:
    """`"T"`, or a table with more to say."""
    shape: Shape = fields.FIELD
    type: Json = {"anyOf": [*names.TYPE]}
    refined = {"type": type, "default": _ANYTHING, **_CONSTRAINTS}
    return {"anyOf": [*names.TYPE, table("field", shape, refined) | {"required": ["type"]}]}


def _stream() -> Json:
    refined = {"key": names.LOWER, "fields": _FIELDS}
    return table("stream", streams.STREAM, refined) | {"required": ["key", "fields"]}


def _event() -> Json:
    refined = {
        "stream": names.LOWER,
        "fields": _FIELDS,
        "upcast": _upcast(),
        "was": names.UPPER,
    }
    return table("event", streams.EVENT, refined) | {"required": ["stream"]}


def _upcast() -> Json:
    """By steps, or by code."""
    texts = declarations(_ANYTHING, {"type": "string"})
    refined = {
        "rename": texts,
        "convert": texts,
        "map": declarations(_ANYTHING, {"type": "object", "additionalProperties": _TEXT}),
        "set": declarations(_ANYTHING, _ANYTHING),
    }
    steps: Json = {"anyOf": [{"required": [step]} for step in upcasts.STEPS]}
    by_code: Json = {"required": ["code"], "properties": {"code": {"const": True}}}
    upcast = table("upcast", upcasts.UPCAST, refined) | {"required": ["from"]}
    return upcast | {"oneOf": [steps, by_code]}


def _filter() -> Json:
    refined = {"events": names.UPPER, "where": where()}
    item = table("filter", filters.ITEM, refined)
    whole = table("filter", filters.FILTER, {**refined, "any": item})
    return whole | {"anyOf": [{"required": [key]} for key in ("events", "where", "any")]}


def _projection() -> Json:
    refined = {
        "stream": names.LOWER,
        "streams": names.LOWER,
        "key": names.LOWER,
        "key_of": declarations(names.UPPER, names.LOWER),
        "state": _FIELDS | {"minProperties": 1},
        "ignore": names.UPPER,
        "index": names.LOWER,
        "example": _example(),
    }
    projection = table("projection", projections.PROJECTION, refined)
    return projection | {"required": ["state"], **_ONE_KIND_OF_SOURCE}


def _example() -> Json:
    given = declarations(names.UPPER, {"type": "object"}) | {"minProperties": 1}
    then = declarations(names.LOWER, _ANYTHING)
    return table("example", examples.EXAMPLE, {"given": given, "then": then}) | {
        "required": ["then"]
    }


def _validator() -> Json:
    refined = {"stream": names.LOWER, "streams": names.LOWER, "emits": names.UPPER}
    return table("validator", VALIDATOR, refined) | {"required": ["emits"], **_ONE_KIND_OF_SOURCE}
