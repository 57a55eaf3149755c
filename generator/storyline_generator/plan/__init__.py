"""Sound stories → the plan of their files. All is decided here, and templates only print.

To add an output file, add a module that plans it and a template, and name both below.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from storyline_generator.lock.tree import Tree
from storyline_generator.plan.events import events_modules, events_package
from storyline_generator.plan.examples import examples_module
from storyline_generator.plan.filters import filters_module
from storyline_generator.plan.layout import Layout, package_markers
from storyline_generator.plan.migrations import migrations
from storyline_generator.plan.module import PlannedFile, story_place
from storyline_generator.plan.package import package_module
from storyline_generator.plan.projections import projections_module
from storyline_generator.plan.scope import Story
from storyline_generator.plan.skeletons import projection_skeleton, validator_skeleton
from storyline_generator.plan.types import types_module
from storyline_generator.plan.upcasts import has_upcasts, upcasts_module
from storyline_generator.plan.validators import validators_module
from storyline_generator.plan.versions import (
    code_upcasts,
    upcaster_name,
    upcaster_skeleton,
    versions_module,
)
from storyline_generator.reads import reads
from storyline_generator.schema import SoundSchema

__all__ = ["Layout", "Plan", "PlannedFile", "migrations", "plan"]

Plan = tuple[PlannedFile, ...]
_NOTHING: Mapping[str, Tree] = {}


def plan(
    sound: Sequence[SoundSchema], layout: Layout, locks: Mapping[str, Tree] = _NOTHING
) -> Plan:
    """All files of all stories. `locks` are theirs, by name; who has none has released nothing."""
    files: list[PlannedFile] = []
    for proven in sound:
        story = Story(proven.schema, layout)
        files += (*_package(story), *_skeletons(story))
    files += _projections_package(sound, layout)
    files += migrations(sound, layout, locks).files
    return (*files, *_markers(files))


def _package(story: Story) -> Iterator[PlannedFile]:
    """What stands in the story's package, without the modules that would be empty."""
    schema = story.schema
    yield _generated(story, "__init__", "package", package_module(story))
    if schema.types:
        yield _generated(story, "types", "types", types_module(story))
    yield _generated(story, "events/__init__", "namespace", events_package(story))
    for name, module in events_modules(story).items():
        yield _generated(story, name.replace(".", "/"), "events", module)
    if schema.streams:
        yield _generated(story, "filters", "filters", filters_module(story))
    if schema.projections:
        yield _generated(story, "projections", "projections", projections_module(story))
    if schema.validators:
        yield _generated(story, "validators", "validators", validators_module(story))
    if any(projection.examples for projection in schema.projections.values()):
        yield _generated(story, "examples_test", "examples_test", examples_module(story))
    yield from _past(story)


def _past(story: Story) -> Iterator[PlannedFile]:
    """What is imported only when an event of an old version is met."""
    if has_upcasts(story):
        yield _generated(story, "upcasts", "upcasts", upcasts_module(story))
    if any(code_upcasts(story)):
        yield _generated(story, "versions", "versions", versions_module(story))


def _generated(story: Story, module: str, template: str, content: object) -> PlannedFile:
    path = story.layout.story_path(story.schema.story, f"{module}.py")
    return PlannedFile(path, f"{template}.py.jinja", content, story_place(story.schema))


def _skeletons(story: Story) -> Iterator[PlannedFile]:
    for projection in story.schema.projections.values():
        path = story.user_path("projections", projection.name)
        content = projection_skeleton(story, projection)
        yield PlannedFile(
            path, "projection_skeleton.py.jinja", content, projection.place, once=True
        )
    for validator in story.schema.validators.values():
        path = story.user_path("validators", validator.name)
        skeleton = validator_skeleton(story, validator)
        yield PlannedFile(path, "validator_skeleton.py.jinja", skeleton, validator.place, once=True)

    for event, upcast in code_upcasts(story):
        path = story.user_path("upcasters", upcaster_name(upcast))
        code = upcaster_skeleton(story, event, upcast)
        yield PlannedFile(path, "upcaster_skeleton.py.jinja", code, upcast.place, once=True)


def _projections_package(sound: Sequence[SoundSchema], layout: Layout) -> Iterator[PlannedFile]:
    """One for all stories, if any of them has a projection that can be kept up to date."""
    for schema in (proven.schema for proven in sound):
        for projection in schema.projections.values():
            if reads(schema, projection) is not None:
                path, template = layout.projections_package, "projections_package.py.jinja"
                yield PlannedFile(path, template, None, projection.place, once=True)
                return


def _markers(files: Sequence[PlannedFile]) -> Iterator[PlannedFile]:
    """An empty `__init__.py` in each folder that has none of its own."""
    paths = {file.path for file in files}
    for path in package_markers(paths):
        if path not in paths:
            yield PlannedFile(path, "marker.py.jinja", None, files[0].place, once=True)
