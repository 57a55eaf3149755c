"""A sound story → the plan of its files. Every name, import, order and default is decided here; templates only print."""

from __future__ import annotations

from collections.abc import Iterator

from storyline_generator.plan.events import events_modules, events_package
from storyline_generator.plan.examples import examples_module
from storyline_generator.plan.filters import filters_module
from storyline_generator.plan.layout import Layout
from storyline_generator.plan.module import PlannedFile
from storyline_generator.plan.package import package_module
from storyline_generator.plan.projections import projections_module
from storyline_generator.plan.scope import Story
from storyline_generator.plan.skeletons import projection_skeleton, validator_skeleton
from storyline_generator.plan.sql import migration_plan
from storyline_generator.plan.types import types_module
from storyline_generator.plan.validators import validators_module
from storyline_generator.schema import SoundSchema

__all__ = ["Layout", "PlannedFile", "plan"]

Plan = tuple[PlannedFile, ...]


def plan(sound: SoundSchema, layout: Layout, origin: str) -> Plan:
    """All files of one story. `origin` is the schema's path, for the first line of each file."""
    story = Story(sound.schema, layout, origin)
    return (*_package(story), _migration(story), *_skeletons(story), *_markers(story))


def _package(story: Story) -> Iterator[PlannedFile]:
    """What stands in the story's package, without the modules that would be empty."""
    schema = story.schema
    yield _generated(story, "__init__.py", "package", package_module(story))
    if schema.types:
        yield _generated(story, "types.py", "types", types_module(story))
    yield _generated(story, "events/__init__.py", "namespace", events_package(story))
    for name, module in events_modules(story).items():
        yield _generated(story, f"{name.replace('.', '/')}.py", "events", module)
    yield _generated(story, "filters.py", "filters", filters_module(story))
    if schema.projections:
        yield _generated(story, "projections.py", "projections", projections_module(story))
    if schema.validators:
        yield _generated(story, "validators.py", "validators", validators_module(story))
    if any(projection.examples for projection in schema.projections.values()):
        yield _generated(story, "examples_test.py", "examples_test", examples_module(story))


def _generated(story: Story, file: str, template: str, content: object) -> PlannedFile:
    path = story.layout.story_path(story.schema.story, file)
    return PlannedFile(path, f"{template}.py.jinja", content, story.origin)


def _migration(story: Story) -> PlannedFile:
    path = story.layout.migration_path(story.schema.story)
    return PlannedFile(path, "migration.sql.jinja", migration_plan(story.schema), story.origin)


def _skeletons(story: Story) -> Iterator[PlannedFile]:
    for projection in story.schema.projections.values():
        path = story.layout.user_path("projections", projection.name)
        yield _skeleton(story, path, "projection", projection_skeleton(story, projection))
    for validator in story.schema.validators.values():
        path = story.layout.user_path("validators", validator.name)
        yield _skeleton(story, path, "validator", validator_skeleton(story, validator))


def _skeleton(story: Story, path: str, kind: str, content: object) -> PlannedFile:
    return PlannedFile(path, f"{kind}_skeleton.py.jinja", content, story.origin, once=True)


def _markers(story: Story) -> Iterator[PlannedFile]:
    for path in story.layout.package_markers():
        yield PlannedFile(path, "marker.py.jinja", None, story.origin, once=True)
