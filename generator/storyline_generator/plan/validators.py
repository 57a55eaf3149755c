"""The validators of a story → `validators.py`: abstract bases that know what to read."""

from __future__ import annotations

from typing import NamedTuple

from storyline_generator.identifiers import validator_base
from storyline_generator.immutable import immutable
from storyline_generator.plan.events import event_union
from storyline_generator.plan.imports import Names
from storyline_generator.plan.module import Module, PlannedParameter
from storyline_generator.plan.quoting import docstring
from storyline_generator.plan.scope import Scope, Story
from storyline_generator.plan.sources import bound_names, events_read, members, query
from storyline_generator.schema import Schema, Validator


class ValidatorBase(NamedTuple):
    name: str
    base: str
    docstring: str
    parameters: tuple[PlannedParameter, ...]
    reads: str
    """The query; a list of queries where it reads several streams."""


@immutable
class ValidatorsModule(Module):
    client: str
    is_async: bool
    validators: tuple[ValidatorBase, ...]


def validators_module(story: Story) -> ValidatorsModule:
    names = Names("validators", bound=_bound(story.schema), story=story.classes)
    scope = Scope(story, names)
    names.library("abc", "abstractmethod")
    names.builtin("bool")
    client = names.runtime(story.layout.flavoured("EventClient"))
    validators = tuple(
        _validator_base(scope, declared) for declared in story.schema.validators.values()
    )
    return ValidatorsModule(
        docstring=docstring(
            f"The validators of the story `{story.schema.story}`: what each decision depends on."
        ),
        imports=names.imports(),
        use=names.from_libraries(),
        client=client,
        is_async=story.layout.client == "async",
        validators=validators,
    )


def _bound(schema: Schema) -> set[str]:
    return set[str]().union(
        *(bound_names(schema, declared.sources) for declared in schema.validators.values())
    )


def _validator_base(scope: Scope, validator: Validator) -> ValidatorBase:
    kind = scope.story.layout.flavoured(
        "MultiStreamValidator" if validator.multi else "SingleStreamValidator"
    )
    events = f"{events_read(scope, validator.sources)}, {event_union(scope, validator.emits)}"
    queries = [query(scope, source) for source in validator.sources]
    return ValidatorBase(
        name=validator_base(validator.name),
        base=f"{scope.names.runtime(kind)}[{events}]",
        docstring=docstring(validator.doc or f"The validator `{validator.name}`."),
        parameters=members(scope, validator.parameters),
        reads=f"[{', '.join(queries)}]" if validator.multi else queries[0],
    )
