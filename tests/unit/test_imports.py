"""A planned module imports what it uses, under names that nothing in it hides."""

from __future__ import annotations

from storyline_generator.plan.imports import Import, Names, sorted_names
from storyline_generator.plan.layout import import_address


def lines(names: Names) -> list[str]:
    found = (line for section in names.imports() for line in section)
    return [f"from {line.module} import {', '.join(line.names)}" for line in found]


def test_a_hidden_name_is_imported_under_another() -> None:
    names = Names("filters", bound={"date"})
    assert names.library("datetime", "date") == "_date"
    assert Import("datetime", ("date as _date",)) in names.imports()[1]


def test_a_class_of_the_story_keeps_its_name_where_a_library_has_it_too() -> None:
    names = Names("events.list", bound=set(), story={"Query"})
    assert (names.story("types", "Query"), names.runtime("Query")) == ("Query", "_Query")


def test_two_hidden_imports_of_one_name_stay_apart() -> None:
    names = Names("validators", bound={"date"})
    assert names.library("datetime", "date") != names.story("filters", "date")


def test_a_builtin_is_imported_only_where_it_is_hidden() -> None:
    names = Names("types", bound={"list"})
    assert (names.builtin("str"), names.builtin("list")) == ("str", "_list")
    assert lines(names)[1:] == ["from builtins import list as _list"]


def test_modules_of_the_story_are_imported_relatively() -> None:
    names = Names("events.list", bound=set())
    for module in ("types", "events.course_and_student", "events.list"):
        names.story(module, "Name")
    assert lines(names)[1:] == [
        "from ..types import Name",
        "from .course_and_student import Name",
    ]


def test_names_are_sorted_as_import_sorters_do() -> None:
    assert sorted_names(["b2", "b10", "Abc", "ANY", "abd", "A"]) == (
        "ANY",
        "A",
        "Abc",
        "abd",
        "b2",
        "b10",
    )


def test_the_user_s_own_modules_import_relatively_within_one_package() -> None:
    address = import_address("app/projections/list.py", "app/story/todo")
    assert address == "..story.todo"
    assert import_address("src/app/story/todo/x.py", "src/app/projections/list.py") == (
        "...projections.list"
    )


def test_modules_of_different_packages_import_absolutely() -> None:
    assert import_address("projections/list.py", "story/todo") == "story.todo"
    assert import_address("src/projections/list.py", "src/story/todo") == "story.todo"
