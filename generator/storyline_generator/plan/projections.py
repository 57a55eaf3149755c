"""The projections of a story → `projections.py`: states, and abstract bases that fold into them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from storyline_generator.identifiers import (
    field_name,
    handler_name,
    member_name,
    projection_base,
    state_class,
    story_constant,
)
from storyline_generator.immutable import immutable
from storyline_generator.plan.annotations import annotation, mutable, planned_field
from storyline_generator.plan.events import WhereParameter, event_class, where_parameter
from storyline_generator.plan.imports import Names
from storyline_generator.plan.matching import descriptor
from storyline_generator.plan.module import Module, PlannedField, PlannedParameter
from storyline_generator.plan.quoting import docstring, quoted
from storyline_generator.plan.scope import Scope, Story, field_names
from storyline_generator.plan.sources import (
    bound_names,
    events_read,
    members,
    query,
    source_parameters,
)
from storyline_generator.plan.state_keys import StateKeys, state_keys
from storyline_generator.schema import (
    Field,
    ListOf,
    MapOf,
    Parameter,
    Projection,
    Schema,
    SetOf,
    scalar_of,
)


class StateClass(NamedTuple):
    name: str
    docstring: str
    fields: tuple[PlannedField, ...]
    changes: tuple[PlannedParameter, ...]
    """What `replace` takes."""
    changed: tuple[str, ...]
    """What it passes on."""
    where: tuple[WhereParameter, ...]
    """What saved states are found by: the fields that have an index."""
    orders: tuple[tuple[str, str], ...]
    """What they are sorted by: those of one value, and how each is compared."""
    order_names: str


class Handler(NamedTuple):
    stored_type: str
    method: str
    event: str


class ProjectionBase(NamedTuple):
    name: str
    base: str
    docstring: str
    projection_type: str
    version: int
    state: StateClass
    handlers: tuple[Handler, ...]
    keys: StateKeys
    streams: str
    """The type of what a projection is given to read, where it does not know that itself."""
    parameters: tuple[PlannedParameter, ...]
    query: str
    id: str
    initial: str
    """Arguments of the initial state: the key, if the state has it."""


@immutable
class ProjectionsModule(Module):
    client: str
    story: str
    projections: tuple[ProjectionBase, ...]


def projections_module(story: Story) -> ProjectionsModule:
    names = Names("projections", bound=_bound(story.schema), story=story.classes)
    scope = Scope(story, names)
    client = names.runtime(story.layout.flavoured("EventClient"))
    constant = names.application(".", story_constant(story.schema.story))
    projections = tuple(
        _projection_base(scope, declared) for declared in story.schema.projections.values()
    )
    return ProjectionsModule(
        docstring=docstring(
            f"The projections of the story `{story.schema.story}`: states and what folds into them."
        ),
        imports=names.imports(),
        use=names.from_libraries(),
        client=client,
        story=constant,
        projections=projections,
    )


def constructor_parameters(schema: Schema, projection: Projection) -> tuple[Parameter, ...]:
    """The key first; a projection of one stream or filter takes what that needs, too."""
    key = (projection.key,) if projection.key else ()
    own = () if projection.multi else source_parameters(schema, projection.sources[0])
    return tuple({parameter.name: parameter for parameter in (*key, *own)}.values())


def _bound(schema: Schema) -> set[str]:
    """Names of fields and parameters in the module."""
    names = set[str]()
    for projection in schema.projections.values():
        names |= field_names(projection.state) | bound_names(schema, projection.sources)
        names |= {member_name(projection.key.name)} if projection.key else set()
    return names


def _projection_base(scope: Scope, projection: Projection) -> ProjectionBase:
    state = _state_class(scope, projection)
    events = events_read(scope, projection.sources)
    keys = state_keys(scope, projection)
    kind = scope.story.layout.flavoured(
        "MultiStreamProjection" if projection.multi else "SingleStreamProjection"
    )
    _use_library(scope)
    return ProjectionBase(
        name=projection_base(projection.name),
        base=f"{scope.names.runtime(kind)}[{state.name}, {events}]",
        docstring=docstring(projection.doc or f"The projection `{projection.name}`."),
        projection_type=quoted(projection.name),
        version=projection.version,
        state=state,
        handlers=tuple(_handler(scope, event) for event in projection.events),
        keys=keys,
        streams="" if keys.reads else _streams(scope, events),
        parameters=members(scope, constructor_parameters(scope.schema, projection)),
        query=_query(scope, projection, keys),
        id=_id(projection),
        initial=_initial(projection),
    )


def _query(scope: Scope, projection: Projection, keys: StateKeys) -> str:
    """What one state is made of."""
    if not projection.multi:
        return query(scope, projection.sources[0])
    return f"[self.query_of({_id(projection)})]" if keys.reads else "streams"


def _id(projection: Projection) -> str:
    return member_name(projection.key.name) if projection.key else '""'


def _use_library(scope: Scope) -> None:
    for name in ("State", "Story"):
        scope.names.runtime(name)
    for name in ("bool", "int", "str", "type"):
        scope.names.builtin(name)
    scope.names.library("collections.abc", "Mapping")
    scope.names.library("typing", "ClassVar")


def _streams(scope: Scope, events: str) -> str:
    sequence = scope.names.library("collections.abc", "Sequence")
    return f"{sequence}[{scope.names.runtime('Query')}[{events}]]"


def _handler(scope: Scope, event: str) -> Handler:
    scope.names.library("abc", "abstractmethod")
    scope.names.runtime("Recorded")
    return Handler(quoted(event), handler_name(event), event_class(scope, event))


def _initial(projection: Projection) -> str:
    """The state begins with its key, if it has a field for it."""
    key = projection.key.name if projection.key else ""
    has_field = key in (field.name for field in projection.state)
    return f"{field_name(key)}=self.{member_name(key)}" if has_field else ""


def _state_class(scope: Scope, projection: Projection) -> StateClass:
    indexed = [field for field in projection.state if field.name in projection.index]
    orders = tuple(_orders(scope, indexed))
    if indexed:
        _use_queries(scope)
    if orders:
        _use_orders(scope)
    return StateClass(
        name=state_class(projection.name),
        docstring=docstring(projection.doc or f"What the projection `{projection.name}` knows."),
        fields=tuple(_state_field(scope, field) for field in projection.state),
        changes=tuple(_change(scope, field) for field in projection.state),
        changed=tuple(
            f"{field_name(field.name)}={field_name(field.name)}" for field in projection.state
        ),
        where=tuple(where_parameter(scope, field) for field in indexed),
        orders=orders,
        order_names=", ".join(dict.fromkeys((*(name for name, _ in orders), '"id"'))),
    )


def _use_queries(scope: Scope) -> None:
    for name in ("ANY", "StateQuery"):
        scope.names.runtime(name)
    scope.names.builtin("classmethod")


def _use_orders(scope: Scope) -> None:
    scope.names.runtime("StateOrder")
    scope.names.library("typing", "Literal")


def _orders(scope: Scope, indexed: Iterable[Field]) -> Iterator[tuple[str, str]]:
    for field in indexed:
        if scalar_of(field.type, scope.schema.types):
            yield quoted(field.name), descriptor(scope, field)


def _state_field(scope: Scope, field: Field) -> PlannedField:
    """Collections begin empty."""
    planned = planned_field(scope, field)
    return planned if planned.default else planned._replace(default=_empty(scope, field))


def _empty(scope: Scope, field: Field) -> str:
    match field.type:
        case ListOf():
            return mutable(scope, field.type, "[]")
        case MapOf():
            return mutable(scope, field.type, "{}")
        case SetOf():
            return f"{scope.names.builtin('frozenset')}()"
        case _:
            return ""


def _change(scope: Scope, field: Field) -> PlannedParameter:
    """`KEEP` stands for "as it was", since None may be a value."""
    scope.names.runtime("KEEP")
    given = f"{annotation(scope, field.type)} | {scope.names.runtime('Keep')}"
    return PlannedParameter(field_name(field.name), f"{given} | None" if field.optional else given)
