"""A TOML value → the JSON that a field of a locked shape would store; raises `MisfitError`."""

from __future__ import annotations

from typing import Any, cast

from storyline_generator.lock.bounds import BOUNDS, number
from storyline_generator.lock.tree import Fact, Tree, below, facts
from storyline_generator.schema import Constraints, Scalar
from storyline_generator.values.bounds import breach
from storyline_generator.values.scalars import MisfitError, scalar_value
from storyline_generator.values.stored import stored_scalar


def fitted(value: object, shape: Tree) -> object:
    match shape.get("type"):
        case "enum":
            return _enum(value, shape)
        case "list" | "set":
            items = _list(value)
            _keep(items, shape)
            return [fitted(each, below(shape, "item")) for each in items]
        case "map":
            table = _table(value)
            _keep(table, shape)
            return {key: fitted(each, below(shape, "item")) for key, each in table.items()}
        case "record":
            return _record(_table(value), below(shape, "fields"))
        case "outer":
            raise MisfitError("a record within itself is more than a step can set; use code")
        case name:
            scalar = Scalar(str(name))
            _keep(found := scalar_value(scalar, value), shape)
            return stored_scalar(found, scalar)


def _keep(value: object, shape: Tree) -> None:
    """The bounds of the type, which are called `base_…`, and those of the field."""
    given = {name: fact for name, fact in facts(shape).items() if name in BOUNDS}
    own = {name: bound for name, bound in given.items() if not name.startswith(_BASE)}
    base = {name.removeprefix(_BASE): given[name] for name in given.keys() - own.keys()}
    for bounds in (own, base):
        if reason := breach(value, Constraints(**{n: _exact(n, b) for n, b in bounds.items()})):
            raise MisfitError(reason)


def _exact(name: str, bound: Fact) -> Any:
    return number(bound) if name in ("min", "max", "multiple_of") else bound


_BASE = "base_"


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


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise MisfitError("this must be a list")
    return cast("list[object]", value)


def _table(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise MisfitError("this must be a table")
    return cast("dict[str, object]", value)
