"""A TOML value → the JSON that a field of a locked shape would store; raises `MisfitError`."""

from __future__ import annotations

from typing import cast

from storyline_generator.lock.tree import Tree, below
from storyline_generator.schema import Scalar
from storyline_generator.values.scalars import MisfitError, scalar_value
from storyline_generator.values.stored import stored_scalar


def fitted(value: object, shape: Tree) -> object:
    match shape.get("type"):
        case "enum":
            return _enum(value, shape)
        case "list" | "set":
            if not isinstance(value, list):
                raise MisfitError("this must be a list")
            return [fitted(each, below(shape, "item")) for each in cast("list[object]", value)]
        case "map":
            table = _table(value)
            return {key: fitted(each, below(shape, "item")) for key, each in table.items()}
        case "record":
            return _record(_table(value), below(shape, "fields"))
        case "outer":
            raise MisfitError("a record within itself is more than a step can set; use code")
        case name:
            scalar = Scalar(str(name))
            return stored_scalar(scalar_value(scalar, value), scalar)


def _enum(value: object, shape: Tree) -> object:
    if not isinstance(value, str) or (
        not shape.get("open") and value not in below(shape, "values")
    ):
        raise MisfitError(f"`{value}` is not one of its values")
    return value


def _record(table: dict[str, object], fields: Tree) -> object:
    for key in table:
        if key not in fields:
            raise MisfitError(f"it has no field `{key}`")
    for key in fields:
        field = below(fields, key)
        if key not in table and not {"optional", "default", "default_json"} & field.keys():
            raise MisfitError(f"it needs `{key}`")
    return {key: fitted(each, below(fields, key)) for key, each in table.items()}


def _table(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise MisfitError("this must be a table")
    return cast("dict[str, object]", value)
