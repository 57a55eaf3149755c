"""The story as far as it has been resolved, and every name that it declares, to look others up.

A name that is declared and yet not resolved is poisoned: whoever refers to it says nothing more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from storyline_generator.diagnostics import Diagnostic, Findings, Place, Related
from storyline_generator.mistakes import names
from storyline_generator.reading.document import Document
from storyline_generator.resolver.tables import Name
from storyline_generator.schema import Event, Filter, Schema, Stream
from storyline_generator.suggestions import closest, did_you_mean

SECTIONS = ("types", "streams", "events", "filters", "projections", "validators")
_Places = Mapping[str, Place]
_Unknown = Callable[[str, Place, tuple[Related, ...], str], Diagnostic]


@dataclass(frozen=True, slots=True)
class Scope:
    schema: Schema
    declared: Mapping[str, _Places]
    """Every name by its section, whether or not it could be resolved."""
    camel: bool = False
    """Whether stored keys are written `listId`."""
    incomplete: frozenset[str] = frozenset()
    """Events that may lack fields, because not all of their streams could be resolved."""

    def with_schema(self, schema: Schema) -> Scope:
        return replace(self, schema=schema)


def declared_names(document: Document) -> Mapping[str, _Places]:
    sections = dict(document.root.declarations())
    return {
        section: {name: node.place for name, node in sections[section].declarations()}
        if section in sections
        else {}
        for section in SECTIONS
    }


def find_stream(name: Name, scope: Scope) -> Findings[Stream | None]:
    streams = scope.declared["streams"]
    if name.text not in streams:
        yield unknown(names.unknown_stream, name, "a stream", streams, scope)
    return scope.schema.streams.get(name.text)


def find_event(name: Name, scope: Scope) -> Findings[Event | None]:
    events = scope.declared["events"]
    if name.text not in events:
        yield unknown(names.unknown_event, name, "an event", events, scope)
    return scope.schema.events.get(name.text)


def find_source(name: Name, scope: Scope) -> Findings[Stream | Filter | None]:
    """What can be read: a stream or a filter."""
    sources = {**scope.declared["filters"], **scope.declared["streams"]}
    if name.text not in sources:
        yield unknown(names.unknown_source, name, "a stream or filter", sources, scope)
    return scope.schema.streams.get(name.text) or scope.schema.filters.get(name.text)


def unknown(
    mistake: _Unknown, name: Name, wanted: str, candidates: _Places, scope: Scope
) -> Diagnostic:
    """With the place of what was meant: the name among other things, or one that looks alike."""
    for section, places in scope.declared.items():
        if place := places.get(name.text):
            hint = f"note that `{name.text}` is {_a(section.removesuffix('s'))}, not {wanted}"
            return mistake(name.text, name.place, _declared_here(name.text, place), hint)
    related = (_declared_here(each, candidates[each]) for each in closest(name.text, candidates))
    hint = did_you_mean(name.text, candidates)
    return mistake(name.text, name.place, next(related, ()), hint)


def _declared_here(name: str, place: Place) -> tuple[Related, ...]:
    return (Related(f"`{name}` is declared here", place),)


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"
