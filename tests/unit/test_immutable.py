"""An immutable value behaves as a frozen dataclass does."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import pytest

from storyline_generator.immutable import field_names, immutable, replaced


@immutable
class Point:
    x: int
    y: int = 0


@immutable
class Named(Point):
    name: str = ""


@immutable
class Circle:
    radius: int

    @cached_property
    def width(self) -> int:
        return 2 * self.radius


@immutable
class Other:
    x: int
    y: int = 0


def test_values_are_equal_whose_class_and_fields_are() -> None:
    assert Point(1) == Point(y=0, x=1) != Point(1, 1)
    assert hash(Point(1)) == hash(Point(y=0, x=1))
    other: object = Other(1)
    assert Point(1) != other


def test_a_value_has_the_fields_of_its_bases_first() -> None:
    assert field_names(Named) == ("x", "y", "name")
    assert Named(1, 2, "a") == Named(name="a", x=1, y=2) != Point(1, 2)


def test_a_value_never_changes() -> None:
    point: Any = Point(1)
    with pytest.raises(AttributeError):
        point.x = 2
    with pytest.raises(AttributeError):
        del point.x


def test_a_changed_copy_leaves_the_value_as_it_was() -> None:
    point = Point(1)
    assert (replaced(point, y=2), point) == (Point(1, 2), Point(1, 0))


def test_what_a_value_has_found_out_is_no_part_of_it() -> None:
    circle = Circle(1)
    assert circle.width == 2
    assert circle == Circle(1)
    assert replaced(circle, radius=2).width == 4


@pytest.mark.parametrize("fields", [{}, {"y": 1}, {"x": 1, "z": 2}, {"x": 1, "y": 2, "z": 3}])
def test_a_value_is_complete_when_built(fields: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        Point(**fields)


def test_a_copy_has_the_fields_that_the_value_has() -> None:
    with pytest.raises(TypeError):
        replaced(Point(1), z=2)


def test_a_pattern_takes_fields_by_place() -> None:
    match Point(1, 2):
        case Point(x, y):
            assert (x, y) == (1, 2)


def test_a_value_shows_its_fields() -> None:
    assert repr(Point(1)) == "Point(x=1, y=0)"
