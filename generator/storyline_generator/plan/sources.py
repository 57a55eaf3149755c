"""What a projection or validator reads → the query that it builds, and the events that may come."""

from __future__ import annotations

from collections.abc import Iterable

from storyline_generator.identifiers import (
    filter_function,
    member_name,
    parameter_name,
    stream_function,
    stream_union,
)
from storyline_generator.plan.annotations import planned_parameter
from storyline_generator.plan.events import event_union, union_module
from storyline_generator.plan.module import PlannedParameter
from storyline_generator.plan.scope import Scope
from storyline_generator.schema import Parameter, Schema


def source_parameters(schema: Schema, source: str) -> tuple[Parameter, ...]:
    """What the source's function must be given."""
    if source in schema.streams:
        key = schema.streams[source].key
        return (Parameter(key.name, key.type),)
    return schema.filters[source].parameters


def query(scope: Scope, source: str) -> str:
    """`list_stream(list_id=list_id)`, from what the constructor has been given."""
    is_stream = source in scope.schema.streams
    function = stream_function(source) if is_stream else filter_function(source)
    given = (parameter.name for parameter in source_parameters(scope.schema, source))
    arguments = ", ".join(f"{parameter_name(name)}={member_name(name)}" for name in given)
    return f"{scope.names.story('filters', function)}({arguments})"


def events_read(scope: Scope, sources: Iterable[str]) -> str:
    """The union of what the sources find: `CourseEvent | StudentEvent`."""
    unions = dict.fromkeys(_events_of(scope, source) for source in sources)
    return " | ".join(unions)


def members(scope: Scope, parameters: Iterable[Parameter]) -> tuple[PlannedParameter, ...]:
    """What the constructor takes, and keeps under the same names."""
    return tuple(
        planned_parameter(scope, parameter, member_name(parameter.name)) for parameter in parameters
    )


def bound_names(schema: Schema, sources: Iterable[str]) -> set[str]:
    """The names of these parameters, which imports must not have."""
    return {
        member_name(parameter.name)
        for source in sources
        for parameter in source_parameters(schema, source)
    }


def _events_of(scope: Scope, source: str) -> str:
    if source in scope.schema.streams:
        return scope.names.story(union_module(source), stream_union(source))
    return event_union(scope, scope.schema.filters[source].events)
