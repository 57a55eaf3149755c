"""A projection or validator → the user's first version of it, which runs and says what is to do."""

from __future__ import annotations

from typing import NamedTuple

from storyline_generator.identifiers import (
    class_name,
    handler_name,
    projection_base,
    projection_class,
    state_class,
    validator_base,
    validator_class,
)
from storyline_generator.immutable import immutable
from storyline_generator.plan.imports import Names
from storyline_generator.plan.layout import import_address
from storyline_generator.plan.module import Module
from storyline_generator.plan.quoting import docstring
from storyline_generator.plan.scope import Story
from storyline_generator.schema import Projection, Validator


class SkeletonHandler(NamedTuple):
    method: str
    event: str
    stored_type: str


@immutable
class ProjectionSkeleton(Module):
    name: str
    base: str
    state: str
    handlers: tuple[SkeletonHandler, ...]


@immutable
class ValidatorSkeleton(Module):
    name: str
    base: str
    is_async: bool


def projection_skeleton(story: Story, projection: Projection) -> ProjectionSkeleton:
    package = _package(story, story.user_path("projections", projection.name))
    names = Names("", bound={projection_class(projection.name)}, story=story.classes)
    names.runtime("Recorded")
    base = names.application(package, projection_base(projection.name))
    state = names.application(package, state_class(projection.name))
    handlers = [
        SkeletonHandler(handler_name(event), names.application(package, class_name(event)), event)
        for event in projection.events
    ]
    return ProjectionSkeleton(
        docstring=docstring(projection.doc or f"The projection `{projection.name}`."),
        imports=names.imports(),
        use=names.from_libraries(),
        name=projection_class(projection.name),
        base=base,
        state=state,
        handlers=tuple(handlers),
    )


def validator_skeleton(story: Story, validator: Validator) -> ValidatorSkeleton:
    package = _package(story, story.user_path("validators", validator.name))
    names = Names("", bound={validator_class(validator.name)})
    base = names.application(package, validator_base(validator.name))
    return ValidatorSkeleton(
        docstring=docstring(validator.doc or f"The validator `{validator.name}`."),
        imports=names.imports(),
        use=names.from_libraries(),
        name=validator_class(validator.name),
        base=base,
        is_async=story.layout.client == "async",
    )


def _package(story: Story, importer: str) -> str:
    return import_address(importer, story.layout.story_path(story.schema.story))
