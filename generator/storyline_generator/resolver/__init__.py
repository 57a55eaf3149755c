"""Turns a document into a schema: every reference looked up, every type and value understood.

It reports whatever keeps a part of the schema from being built; whether what was built is also
sound is for the checks. A part that refers to something broken is left out in silence: one mistake,
one message.
"""

from __future__ import annotations

from collections.abc import Mapping

from storyline_generator.diagnostics import Diagnostic, Findings, collected
from storyline_generator.immutable import immutable, replaced
from storyline_generator.mistakes import shapes
from storyline_generator.mistakes.shapes import SECTIONS
from storyline_generator.reading.document import Document, Node
from storyline_generator.resolver.declared_types import resolve_types
from storyline_generator.resolver.filters import resolve_filters
from storyline_generator.resolver.projections import resolve_projections
from storyline_generator.resolver.scope import Scope, declared_names, misplaced_sections
from storyline_generator.resolver.streams import resolve_events, resolve_streams
from storyline_generator.resolver.tables import Kind, Shape, Table, read
from storyline_generator.resolver.validators import resolve_validators
from storyline_generator.schema import Schema

STORY: Shape = {
    "story": Kind.NAME,
    "doc": Kind.TEXT,
    "wire": Kind.TEXT,
    "schema": Kind.NAME,
    "partition": Kind.LATER,
    "types": Kind.TABLE,
    "streams": Kind.TABLE,
    "events": Kind.TABLE,
    "filters": Kind.TABLE,
    "projections": Kind.TABLE,
    "validators": Kind.TABLE,
}


@immutable
class Resolution:
    """What could be resolved. Only without diagnostics is the schema the whole story."""

    schema: Schema
    diagnostics: tuple[Diagnostic, ...]


def resolve(document: Document) -> Resolution:
    schema, diagnostics = collected(_schema(document))
    return Resolution(schema, diagnostics)


def _schema(document: Document) -> Findings[Schema]:
    """The sections in the order in which they refer to each other."""
    story = yield from read(document.root, STORY, "the story")
    scope = Scope(
        Schema(story.text("story"), _database_schema(story), story.place, story.text("doc")),
        declared_names(story),
        (frozenset(SECTIONS) & story.broken) | misplaced_sections(story),
        camel=(yield from _is_camel(story)),
    )
    types = yield from resolve_types(_section(story, "types"), scope)
    scope = scope.with_schema(replaced(scope.schema, types=types))
    streams = yield from resolve_streams(_section(story, "streams"), scope)
    scope = scope.with_schema(replaced(scope.schema, streams=streams))
    scope = yield from resolve_events(_section(story, "events"), scope)
    filters = yield from resolve_filters(_section(story, "filters"), scope)
    scope = scope.with_schema(replaced(scope.schema, filters=filters))
    projections = yield from resolve_projections(_section(story, "projections"), scope)
    validators = yield from resolve_validators(_section(story, "validators"), scope)
    return replaced(scope.schema, projections=projections, validators=validators)


def _section(story: Table, name: str) -> Mapping[str, Node]:
    return dict(story.declarations(name))


def _database_schema(story: Table) -> str:
    return story.text("schema") or story.text("story")


def _is_camel(story: Table) -> Findings[bool]:
    wire = story.entries.get("wire")
    if wire and wire.value not in ("camel", "snake"):
        hint = 'leave it out, or write `wire = "camel"`'
        yield shapes.wrong_kind(wire.place.value, "`camel` or `snake`", f"`{wire.value}`", hint)
    return story.text("wire") == "camel"
