"""The story as far as it has been resolved, and every name that it declares, to look others up.

A name that is declared and yet not resolved is poisoned: whoever refers to it says nothing more.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Collection, Mapping
from functools import cached_property

from storyline_generator.diagnostics import Diagnostic, Findings, Place, Related
from storyline_generator.identifiers import camel_case
from storyline_generator.immutable import immutable, replaced
from storyline_generator.mistakes import names
from storyline_generator.mistakes.shapes import SECTIONS
from storyline_generator.resolver.tables import Name, Table
from storyline_generator.schema import Event, Filter, Schema, Stream
from storyline_generator.suggestions import closest, did_you_mean

_Places = Mapping[str, Place]
_Unknown = Callable[[str, Place, tuple[Related, ...], str], Diagnostic]


@immutable
class Scope:
    schema: Schema
    declared: Mapping[str, _Places]
    """Every name by its section, whether or not it could be resolved."""
    unreadable: frozenset[str] = frozenset()
    """Sections that are no tables, so that nobody knows what they declare."""
    camel: bool = False
    """Whether stored keys are written `listId`."""
    incomplete: frozenset[str] = frozenset()
    """Events that may lack fields, because not all of their streams could be resolved."""

    @cached_property
    def types(self) -> frozenset[str]:
        """The names of all types that are declared."""
        return frozenset(self.declared["types"])

    def key(self, name: str) -> str:
        """Under which a field is stored."""
        return camel_case(name) if self.camel else name

    def with_schema(self, schema: Schema) -> Scope:
        return replaced(self, schema=schema)


def declared_names(story: Table) -> Mapping[str, _Places]:
    return {
        section: {name: node.place for name, node in story.declarations(section)}
        for section in SECTIONS
    }


def misplaced_sections(story: Table) -> frozenset[str]:
    """`[streams.list.events.ITEM_ADDED]`: what has been said of the key is enough."""
    declared = [node for section in SECTIONS for _, node in story.declarations(section)]
    inner = (item for node in declared for item in node.declarations())
    return frozenset(key for key, node in inner if key in SECTIONS and isinstance(node.value, dict))


def find_stream(name: Name, scope: Scope) -> Findings[Stream | None]:
    declared = _as_declared(name, ("streams",), scope)
    if declared not in scope.declared["streams"]:
        yield from unknown(names.unknown_stream, name, "a stream", ("streams",), scope)
    return scope.schema.streams.get(declared)


def find_event(name: Name, scope: Scope) -> Findings[Event | None]:
    declared = _as_declared(name, ("events",), scope)
    if declared not in scope.declared["events"]:
        yield from unknown(names.unknown_event, name, "an event", ("events",), scope)
    return scope.schema.events.get(declared)


def find_source(name: Name, scope: Scope) -> Findings[Stream | Filter | None]:
    """What can be read: a stream or a filter."""
    sections = ("filters", "streams")
    declared = _as_declared(name, sections, scope)
    if not any(declared in scope.declared[section] for section in sections):
        yield from unknown(names.unknown_source, name, "a stream or filter", sections, scope)
    return scope.schema.streams.get(declared) or scope.schema.filters.get(declared)


def _as_declared(name: Name, sections: Collection[str], scope: Scope) -> str:
    """Of a declaration whose name is written in the wrong case it is told there, and only there."""
    if any(name.text in scope.declared[section] for section in sections):
        return name.text
    for section in sections:
        for declared in scope.declared[section]:
            if _folded(declared) == _folded(name.text) and not _is_cased(declared, section):
                return declared
    return name.text


def _is_cased(name: str, section: str) -> bool:
    match section:
        case "events":
            return name.isupper()
        case "types":
            return name[:1].isupper()
        case _:
            return name.islower()


def _folded(name: str) -> str:
    return name.replace("_", "").lower()


def unknown(
    mistake: _Unknown, name: Name, wanted: str, sections: Collection[str], scope: Scope
) -> Findings[None]:
    """With the place of what was meant: the name among other things, or one that looks alike."""
    is_declared = _as_declared(name, sections, scope) != name.text
    if scope.unreadable.isdisjoint(sections) and not is_declared:
        section = next((s for s, places in scope.declared.items() if name.text in places), "")
        if section:
            yield _of_another_kind(mistake, name, wanted, section, scope)
        else:
            candidates = ChainMap(*(dict(scope.declared[section]) for section in sections))
            yield _misspelt(mistake, name, candidates)


def _of_another_kind(
    mistake: _Unknown, name: Name, wanted: str, section: str, scope: Scope
) -> Diagnostic:
    hint = f"note that `{name.text}` is {_a(section.removesuffix('s'))}, not {wanted}"
    place = scope.declared[section][name.text]
    return mistake(name.text, name.place, _declared_here(name.text, place), hint)


def _misspelt(mistake: _Unknown, name: Name, candidates: _Places) -> Diagnostic:
    related = (_declared_here(each, candidates[each]) for each in closest(name.text, candidates))
    hint = did_you_mean(name.text, candidates)
    return mistake(name.text, name.place, next(related, ()), hint)


def _declared_here(name: str, place: Place) -> tuple[Related, ...]:
    return (Related(f"`{name}` is declared here", place),)


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"
