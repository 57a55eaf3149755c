"""Steps on shapes, and steps on events, do the same; evolved fields are found in all rows."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyline import Convert, Drop, Map, Rename, Set, Text
from storyline.expressions import Asked, condition_predicate
from storyline_generator.diagnostics import Place, collected
from storyline_generator.evolution.reading import misfits
from storyline_generator.evolution.steps import applied
from storyline_generator.lock.tree import Tree, below
from storyline_generator.plan.sql.expressions import value_expression
from storyline_generator.schema import (
    Default,
    Field,
    Scalar,
    Schema,
)
from storyline_generator.source import Source
from storyline_generator.upcast_steps import (
    ConvertField,
    DropField,
    MapValues,
    RenameField,
    SetField,
    Step,
)
from storyline_generator.values.scalars import MisfitError, scalar_value

PLACE = Place(Source("x", ""))
BEFORE: Tree = {
    "a": {"type": "int"},
    "b": {"type": "enum", "values": {"x": True, "y": True}, "optional": True},
    "c": {"type": "date"},
}
STEPS: list[tuple[Step, Any]] = [
    (RenameField("z", "a", PLACE), Rename("z", "a")),
    (DropField("a", PLACE), Drop("a")),
    (MapValues("b", {"x": "q"}, PLACE), Map("b", {"x": "q"})),
    (ConvertField("a", "to_str", PLACE), Convert("a", "to_str")),
    (ConvertField("b", "wrap", PLACE), Convert("b", "wrap")),
    (ConvertField("c", "midnight_utc", PLACE), Convert("c", "midnight_utc")),
    (SetField("b", "y", PLACE), Set("b", "y")),
]
EVENTS = st.fixed_dictionaries(
    {"a": st.integers(-9, 9), "c": st.just("2026-01-02")},
    optional={"b": st.sampled_from(["x", "y"])},
)


@given(st.lists(st.sampled_from(STEPS), max_size=4, unique_by=lambda pair: pair[0].key), EVENTS)
def test_an_event_has_the_shape_that_its_steps_promise(
    steps: list[tuple[Step, Any]], event: dict[str, Any]
) -> None:
    fields: Any = BEFORE
    for step, run in steps:
        (after, _), mistakes = collected(applied(step, dict(fields), BEFORE, PLACE))
        if not mistakes:
            fields, event = after, run(event)
    for key in fields:
        assert fits(event.get(key), below(fields, key)), (key, event, fields)
    assert event.keys() <= fields.keys()


def fits(value: Any, shape: Tree) -> bool:
    if value is None:
        return bool(shape.get("optional"))
    if shape["type"] == "list":
        return all(fits(each, below(shape, "item")) for each in value)
    if shape["type"] == "enum":
        return value in below(shape, "values")
    try:
        scalar_value(Scalar(str(shape["type"])), value)
    except MisfitError:
        return False
    return True


SHAPES = ["str", "int", "float", "decimal", "bool", "uuid", "date", "datetime", "json"]
READABLE = {
    ("int", "float"),
    ("int", "decimal"),
    ("float", "decimal"),
    *((text, "str") for text in ("decimal", "uuid", "date", "datetime")),
    *((shape, "json") for shape in SHAPES),
}


@pytest.mark.parametrize("old", SHAPES)
@pytest.mark.parametrize("new", SHAPES)
def test_a_type_can_be_read_as_itself_and_as_few_others(old: str, new: str) -> None:
    found = list(misfits({"fields": {"a": {"type": old}}}, {"fields": {"a": {"type": new}}}))
    assert (not found) == (old == new or (old, new) in READABLE)


def test_the_index_is_spelled_as_the_question() -> None:
    field = Field(
        "title", "title", Scalar.STR, PLACE, older_keys=("text", "o'k"), absent_means=Default("x")
    )
    schema = Schema("x", "x", PLACE)
    asked = Text("title", was=("text", "o'k"), absent="x").eq("a")
    question = condition_predicate(Asked.of(asked)).as_string(None)
    assert question == f"{value_expression(schema, field)} = %s"
