"""Which streams and filters a projection or a validator reads, and which events come of it."""

from __future__ import annotations

from collections.abc import Sequence

from storyline_generator.diagnostics import Findings
from storyline_generator.immutable import immutable
from storyline_generator.mistakes import filtering, shapes
from storyline_generator.resolver.filters import clash, described
from storyline_generator.resolver.scope import Scope, find_source
from storyline_generator.resolver.tables import Name, Table
from storyline_generator.schema import Filter, Parameter, Stream


@immutable
class Sources:
    """What is read. `is_whole`: every source that the schema names is among them."""

    found: tuple[Stream | Filter, ...]
    multi: bool
    is_whole: bool

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(source.name for source in self.found)

    @property
    def events(self) -> tuple[str, ...]:
        """Every event that is read, each once, in the order of the sources."""
        return tuple(dict.fromkeys(event for source in self.found for event in source.events))


def resolve_sources(table: Table, what: str, scope: Scope) -> Findings[Sources]:
    if "stream" in table and "streams" in table:
        places = table.place / "streams", table.place / "stream"
        yield shapes.conflicting_keys(what, *places, ("stream", "streams"))
    if table.lacks("stream", "streams"):
        hint = "name the stream that it reads, or several with `streams = […]`"
        yield shapes.missing_key(("stream", "streams"), what, table.place, hint)
    multi = "streams" in table
    named = source_names(table)
    found: list[Stream | Filter] = []
    for name in named:
        if source := (yield from find_source(name, scope)):
            found.append(source)
    is_whole = 0 < len(named) == len(found)
    return Sources(tuple(found), multi, is_whole)


def source_names(table: Table) -> tuple[Name, ...]:
    return table.names("streams" if "streams" in table else "stream")


def merged_parameters(table: Table, sources: Sources) -> Findings[tuple[Parameter, ...]]:
    """The parameters of all sources, each once: the same name must mean the same type."""
    parameters: dict[str, Parameter] = {}
    places = dict(zip(sources.names, source_names(table), strict=False))
    origin: dict[str, Name] = {}
    for source in sources.found:
        for parameter in parameters_of(source):
            first = parameters.setdefault(parameter.name, parameter)
            place = places[source.name]
            first_place = origin.setdefault(parameter.name, place)
            if clash(parameter, first):
                types = described(parameter), described(first)
                both = place.place, first_place.place
                yield filtering.parameter_of_two_types(parameter.name, types, both)
    return tuple(parameters.values())


def parameters_of(source: Stream | Filter) -> Sequence[Parameter]:
    if isinstance(source, Filter):
        return source.parameters
    return (Parameter(source.key.name, source.key.type),)
