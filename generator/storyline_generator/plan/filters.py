"""Streams and filters of a story → `filters.py`: one function each, which returns a query."""

from __future__ import annotations

from typing import NamedTuple

from storyline_generator.identifiers import (
    filter_function,
    parameter_name,
    stream_function,
    stream_union,
)
from storyline_generator.immutable import immutable
from storyline_generator.plan.annotations import planned_parameter
from storyline_generator.plan.events import event_union, older_types, union_module
from storyline_generator.plan.imports import Names
from storyline_generator.plan.matching import condition
from storyline_generator.plan.module import Module, PlannedParameter
from storyline_generator.plan.quoting import docstring, quoted_tuple
from storyline_generator.plan.scope import Scope, Story
from storyline_generator.schema import (
    Condition,
    Filter,
    FilterItem,
    Operator,
    Parameter,
    Schema,
    Stream,
)


class Item(NamedTuple):
    """The stored types as a tuple, then the conditions on their data."""

    arguments: tuple[str, ...]


class FilterFunction(NamedTuple):
    name: str
    parameters: tuple[PlannedParameter, ...]
    found: str
    """The union of the classes that the query finds."""
    docstring: str
    items: tuple[Item, ...]


@immutable
class FiltersModule(Module):
    functions: tuple[FilterFunction, ...]


def filters_module(story: Story) -> FiltersModule:
    scope = Scope(story, Names("filters", bound=_bound(story.schema), story=story.classes))
    scope.names.runtime("Query")
    scope.names.runtime("QueryItem")
    streams = [_stream_function(scope, stream) for stream in story.schema.streams.values()]
    filters = [_filter_function(scope, declared) for declared in story.schema.filters.values()]
    return FiltersModule(
        docstring=docstring(
            f"The streams and filters of the story `{story.schema.story}`, as queries."
        ),
        imports=scope.names.imports(),
        use=scope.names.from_libraries(),
        functions=(*streams, *filters),
    )


def _bound(schema: Schema) -> set[str]:
    keys = {parameter_name(stream.key.name) for stream in schema.streams.values()}
    parameters = {
        parameter_name(given.name)
        for declared in schema.filters.values()
        for given in declared.parameters
    }
    return (
        keys
        | parameters
        | set(map(stream_function, schema.streams))
        | set(map(filter_function, schema.filters))
    )


def _stream_function(scope: Scope, stream: Stream) -> FilterFunction:
    key = Parameter(stream.key.name, stream.key.type)
    same_key = Condition(stream.key, Operator.EQ, key, stream.place)
    return FilterFunction(
        name=stream_function(stream.name),
        parameters=_parameters(scope, (key,)),
        found=scope.names.story(union_module(stream.name), stream_union(stream.name)),
        docstring=docstring(
            stream.doc or f"The stream `{stream.name}`: all events with one `{stream.key.name}`."
        ),
        items=(_item(scope, FilterItem(stream.events, (same_key,))),),
    )


def _filter_function(scope: Scope, declared: Filter) -> FilterFunction:
    return FilterFunction(
        name=filter_function(declared.name),
        parameters=_parameters(scope, declared.parameters),
        found=event_union(scope, declared.events),
        docstring=docstring(declared.doc or f"The filter `{declared.name}`."),
        items=tuple(_item(scope, item) for item in declared.items),
    )


def _parameters(scope: Scope, parameters: tuple[Parameter, ...]) -> tuple[PlannedParameter, ...]:
    return tuple(
        planned_parameter(scope, parameter, parameter_name(parameter.name))
        for parameter in parameters
    )


def _item(scope: Scope, item: FilterItem) -> Item:
    return Item(query_item(scope, item))


def query_item(scope: Scope, item: FilterItem) -> tuple[str, ...]:
    """The arguments of the runtime's `QueryItem`."""
    conditions = (condition(scope, asked) for asked in item.conditions)
    older = older_types(scope, item.events)
    return quoted_tuple(item.events), *conditions, *([older] if older else [])
