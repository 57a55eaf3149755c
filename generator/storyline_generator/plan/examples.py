"""The examples of a story's projections → `examples_test.py`: plain pytest, without a database."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from uuid import UUID

from storyline_generator.identifiers import field_name, member_name, projection_class
from storyline_generator.immutable import immutable
from storyline_generator.plan.events import event_class
from storyline_generator.plan.imports import Names
from storyline_generator.plan.layout import import_address
from storyline_generator.plan.module import Module
from storyline_generator.plan.projections import constructor_parameters
from storyline_generator.plan.quoting import docstring, quoted
from storyline_generator.plan.scope import Scope, Story
from storyline_generator.plan.values import arguments, expression
from storyline_generator.schema import Example, Parameter, Projection, Scalar, scalar_of

LONGEST_TEST_NAME = 100

_PLACEHOLDERS: dict[Scalar | None, object] = {Scalar.INT: 1, Scalar.UUID: UUID(int=1)}
"""Keys of a state, where an example does not say which state it is about."""


class Comparison(NamedTuple):
    field: str
    operator: str
    value: str


class ExampleTest(NamedTuple):
    name: str
    docstring: str
    projection: str
    key: str
    given: tuple[str, ...]
    then: tuple[Comparison, ...]


@immutable
class ExamplesModule(Module):
    tests: tuple[ExampleTest, ...]


def examples_module(story: Story) -> ExamplesModule:
    names = Names("examples_test", bound={"state"}, story=story.classes)
    scope = Scope(story, names)
    names.library("storyline.testing", "projected")
    tests = tuple(_tests(scope))
    return ExamplesModule(
        docstring=docstring(
            f"The examples of the story `{story.schema.story}`, each as a test of your projection."
        ),
        imports=names.imports(),
        use=names.from_libraries(),
        tests=tests,
    )


def _tests(scope: Scope) -> Iterator[ExampleTest]:
    taken: dict[str, int] = {}
    for projection in scope.schema.projections.values():
        for example in projection.examples:
            name = _test_name(projection, example)
            taken[name] = taken.get(name, 0) + 1
            unique = name if taken[name] == 1 else f"{name}_{taken[name]}"
            yield _test(scope, projection, example, unique)


def _test_name(projection: Projection, example: Example) -> str:
    words = re.sub("[^a-z0-9]+", "_", example.doc.lower()).strip("_") or "example"
    return f"test_{projection.name}_{words}"[:LONGEST_TEST_NAME].rstrip("_")


def _test(scope: Scope, projection: Projection, example: Example, name: str) -> ExampleTest:
    return ExampleTest(
        name=name,
        docstring=docstring(example.doc),
        projection=_users_class(scope, projection),
        key=_key(scope, projection, example),
        given=tuple(_event(scope, *event) for event in example.given),
        then=tuple(_comparisons(scope, projection, example)),
    )


def _users_class(scope: Scope, projection: Projection) -> str:
    here = scope.story.layout.story_path(scope.schema.story, "examples_test.py")
    there = scope.story.user_path("projections", projection.name)
    return scope.names.application(import_address(here, there), projection_class(projection.name))


def _event(scope: Scope, event: str, values: Mapping[str, object]) -> str:
    fields = scope.schema.events[event].fields
    return f"{event_class(scope, event)}({arguments(scope, fields, values)})"


def _key(scope: Scope, projection: Projection, example: Example) -> str:
    parameters = constructor_parameters(scope.schema, projection)
    return ", ".join(
        f"{quoted(member_name(given.name))}: {_argument(scope, given, example)}"
        for given in parameters
    )


def _argument(scope: Scope, parameter: Parameter, example: Example) -> str:
    """As the example says in its state or in its first event that does; else it does not matter."""
    told = (example.then, *(values for _, values in example.given))
    placeholder = _PLACEHOLDERS.get(scalar_of(parameter.type, scope.schema.types), "example")
    value = next((v[parameter.name] for v in told if parameter.name in v), placeholder)
    return expression(scope, parameter.type, value)


def _comparisons(scope: Scope, projection: Projection, example: Example) -> Iterator[Comparison]:
    for field in projection.state:
        if field.name in example.then:
            value = example.then[field.name]
            operator = "is" if value is None or isinstance(value, bool) else "=="
            yield Comparison(field_name(field.name), operator, expression(scope, field.type, value))
