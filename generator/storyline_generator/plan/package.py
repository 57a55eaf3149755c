"""A story → the `__init__.py` of its package: the story itself, and its names, imported lazily."""

from __future__ import annotations

from typing import NamedTuple

from storyline_generator.identifiers import (
    class_name,
    filter_function,
    projection_base,
    state_class,
    story_constant,
    stream_function,
    stream_union,
    validator_base,
)
from storyline_generator.immutable import immutable
from storyline_generator.plan.events import union_module
from storyline_generator.plan.imports import Imports, Names, sorted_exports, sorted_names
from storyline_generator.plan.module import Module
from storyline_generator.plan.quoting import docstring, quoted
from storyline_generator.plan.scope import Story
from storyline_generator.plan.upcasts import has_upcasts


class Export(NamedTuple):
    """A name, and the module it comes from; all quoted."""

    name: str
    module: str


class StoredEvent(NamedTuple):
    """A stored type, and its class; both quoted."""

    stored_type: str
    name: str


@immutable
class PackageModule(Module):
    constant: str
    story: str
    database_schema: str
    events: tuple[StoredEvent, ...]
    upcasts: bool
    typed_imports: Imports
    exports: tuple[Export, ...]
    all: tuple[str, ...]


def package_module(story: Story) -> PackageModule:
    exports, constant = _exports(story), story_constant(story.schema.story)
    names = Names("__init__", bound={*exports, constant})
    for name in ("Story", "lazy_exports"):
        names.runtime(name)
    names.library("typing", "TYPE_CHECKING")
    return PackageModule(
        docstring=docstring(story.schema.doc or f"The story `{story.schema.story}`."),
        imports=names.imports(),
        use=names.from_libraries(),
        constant=constant,
        story=quoted(story.schema.story),
        database_schema=quoted(story.schema.database_schema),
        events=tuple(
            StoredEvent(quoted(stored), quoted(class_name(event)))
            for event, declared in story.schema.events.items()
            for stored in declared.stored_types
        ),
        upcasts=has_upcasts(story),
        typed_imports=_typed_imports(exports),
        exports=tuple(
            Export(quoted(name), quoted(f".{exports[name]}")) for name in sorted_names(exports)
        ),
        all=tuple(map(quoted, sorted_exports((constant, *exports)))),
    )


def _exports(story: Story) -> dict[str, str]:
    """Every public name of the story → the module that declares it."""
    schema = story.schema
    return {
        **dict.fromkeys(schema.types, "types"),
        **{class_name(event): module for event, module in story.event_modules.items()},
        **{stream_union(stream): union_module(stream) for stream in schema.streams},
        **dict.fromkeys(map(stream_function, schema.streams), "filters"),
        **dict.fromkeys(map(filter_function, schema.filters), "filters"),
        **dict.fromkeys(map(state_class, schema.projections), "projections"),
        **dict.fromkeys(map(projection_base, schema.projections), "projections"),
        **dict.fromkeys(map(validator_base, schema.validators), "validators"),
    }


def _typed_imports(exports: dict[str, str]) -> Imports:
    names = Names("__init__", bound=frozenset())
    for name, module in exports.items():
        names.story(module, name)
    return tuple(section for section in names.imports() if section[0].module != "__future__")
