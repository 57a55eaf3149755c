"""Names of a story become names of Python that mean nothing else."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

import storyline
from storyline_generator import identifiers


@pytest.mark.parametrize(
    ("name", "expected"),
    [("ITEM_ADDED", "ItemAdded"), ("list", "List"), ("A_1_B", "A1B"), ("none", "None_")],
)
def test_class_names_are_capitalised_words(name: str, expected: str) -> None:
    assert identifiers.class_name(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("list_id", "listId"), ("a", "a"), ("a_1_b", "a1B"), ("iso_code2", "isoCode2")],
)
def test_camel_case_joins_words(name: str, expected: str) -> None:
    assert identifiers.camel_case(name) == expected


@pytest.mark.parametrize(
    "name", ["class", "model_config", "schema", "copy", "json", "where", "self", "cls", "replace"]
)
def test_a_field_gives_way_to_words_that_are_taken(name: str) -> None:
    assert identifiers.field_name(name) == f"{name}_"


@pytest.mark.parametrize("name", ["type", "match", "id", "date", "list", "version"])
def test_a_field_keeps_every_other_name(name: str) -> None:
    assert identifiers.field_name(name) == name


@pytest.mark.parametrize("base", [BaseModel, storyline.Event, storyline.State])
def test_no_field_can_hide_what_its_class_has(base: type) -> None:
    hidden = {name for name in dir(base) if identifiers.field_name(name) == name}
    assert {name for name in hidden if not name.startswith("_")} == set()


@pytest.mark.parametrize(
    "base",
    [
        storyline.SingleStreamValidator,
        storyline.MultiStreamValidator,
        storyline.SingleStreamProjection,
        storyline.MultiStreamProjection,
    ],
)
def test_no_constructor_argument_can_hide_what_its_class_has(base: type) -> None:
    hidden = {name for name in dir(base) if identifiers.member_name(name) == name}
    assert {name for name in hidden if not name.startswith("_")} == set()


@pytest.mark.parametrize("name", ["self", "super", "id", "client", "streams", "load_existing"])
def test_a_constructor_argument_gives_way_to_what_every_constructor_takes(name: str) -> None:
    assert identifiers.member_name(name) == f"{name}_"


@pytest.mark.parametrize("name", ["events", "types", "annotations", "class"])
def test_a_filter_cannot_hide_what_its_package_or_module_needs(name: str) -> None:
    assert identifiers.filter_function(name) == f"{name}_"


def test_a_file_name_fits_every_file_system() -> None:
    long = identifiers.module_name("a" * 200, "b" * 200)
    assert len(long) <= identifiers.LONGEST_MODULE_NAME
    assert long != identifiers.module_name("a" * 200, "c" * 200)
