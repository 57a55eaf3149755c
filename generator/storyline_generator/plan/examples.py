"""The examples of the projections → `examples_test.py`: one plain pytest function each, without a database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from storyline_generator.identifiers import class_name, field_name, member_name, projection_class
from storyline_generator.plan.events import event_class
from storyline_generator.plan.imports import Names
from storyline_generator.plan.layout import import_address
from storyline_generator.plan.module import Module
from storyline_generator.plan.projections import constructor_parameters
from storyline_generator.plan.quoting import docstring, quoted
from storyline_generator.plan.scope import Scope, Story, scalar_of
from storyline_generator.plan.values import arguments, expression
from storyline_generator.schema import Example, Parameter, Projection, Scalar, Type

LONGEST_TEST_NAME = 100

_PLACEHOLDERS: dict[Scalar, object] = {
    Scalar.INT: 1,
    Scalar.UUID: "00000000-0000-0000-0000-000000000001",
}


@dataclass(frozen=True, slots=True)
class Comparison:
    field: str
    operator: str
    value: str


@dataclass(frozen=True, slots=True)
class ExampleTest:
    name: str
    docstring: str
    projection: str
    key: str
    given: tuple[str, ...]
    then: tuple[Comparison, ...]


@dataclass(frozen=True, slots=True)
class ExamplesModule(Module):
    tests: tuple[ExampleTest, ...]


def examples_module(story: Story) -> ExamplesModule:
    names = Names("examples_test", bound={"state"}, story=story.classes())
    scope = Scope(story.schema, names)
    names.library("storyline.testing", "projected")
    tests = tuple(_tests(story, scope))
    return ExamplesModule(
        docstring=docstring(
            f"The examples of the story `{story.schema.story}`, each as a test of your projection."
        ),
        imports=names.imports(),
        use=names.from_libraries(),
        tests=tests,
    )


def _tests(story: Story, scope: Scope) -> Iterator[ExampleTest]:
    taken: dict[str, int] = {}
    for projection in story.schema.projections.values():
        for example in projection.examples:
            name = _test_name(projection, example)
            taken[name] = taken.get(name, 0) + 1
            unique = name if taken[name] == 1 else f"{name}_{taken[name]}"
            yield _test(story, scope, projection, example, unique)


def _test_name(projection: Projection, example: Example) -> str:
    words = re.sub("[^a-z0-9]+", "_", example.doc.lower()).strip("_") or "example"
    return f"test_{projection.name}_{words}"[:LONGEST_TEST_NAME].rstrip("_")


def _test(
    story: Story, scope: Scope, projection: Projection, example: Example, name: str
) -> ExampleTest:
    return ExampleTest(
        name=name,
        docstring=docstring(example.doc),
        projection=_users_class(story, scope, projection),
        key=_key(scope, projection, example),
        given=tuple(_event(scope, *event) for event in example.given),
        then=tuple(_comparisons(scope, projection, example)),
    )


def _users_class(story: Story, scope: Scope, projection: Projection) -> str:
    here = story.layout.story_path(story.schema.story, "examples_test.py")
    there = story.layout.user_path("projections", projection.name)
    return scope.names.application(import_address(here, there), projection_class(projection.name))


def _event(scope: Scope, event: str, values: object) -> str:
    assert isinstance(values, dict)
    return f"{event_class(scope, event)}({arguments(scope, scope.schema.events[event].fields, values)})"


def _key(scope: Scope, projection: Projection, example: Example) -> str:
    parameters = constructor_parameters(scope.schema, projection)
    return ", ".join(
        f"{quoted(member_name(parameter.name))}: {_argument(scope, parameter, example)}"
        for parameter in parameters
    )


def _argument(scope: Scope, parameter: Parameter, example: Example) -> str:
    """What the example says the key is: its state, or else its first event that has it; or else any value."""
    said = (
        values[parameter.name]
        for values in (example.then, *(v for _, v in example.given))
        if parameter.name in values
    )
    value = next(said, None)
    return expression(
        scope, parameter.type, _placeholder(scope, parameter.type) if value is None else value
    )


def _placeholder(scope: Scope, type: Type) -> object:
    scalar = scalar_of(scope.schema, type)
    return _PLACEHOLDERS.get(scalar, "example") if scalar else "example"


def _comparisons(scope: Scope, projection: Projection, example: Example) -> Iterator[Comparison]:
    for field in projection.state:
        if field.name in example.then:
            value = example.then[field.name]
            operator = "is" if value is None or isinstance(value, bool) else "=="
            yield Comparison(field_name(field.name), operator, expression(scope, field.type, value))
