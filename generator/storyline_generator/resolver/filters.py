"""Turns `[filters]` into filters: which events each item finds, by what it asks of their fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from storyline_generator.diagnostics import Findings, Place
from storyline_generator.mistakes import filtering, names, shapes
from storyline_generator.reading.document import Node
from storyline_generator.resolver.conditions import Question, questions, resolve_condition
from storyline_generator.resolver.scope import Scope, find_event
from storyline_generator.resolver.tables import Kind, Shape, Table, read
from storyline_generator.resolver.type_grammar import POISON, written
from storyline_generator.schema import Condition, Event, Field, Filter, FilterItem, Parameter
from storyline_generator.suggestions import all_of

ITEM: Shape = {"events": Kind.NAMES, "where": Kind.TABLE}
FILTER: Shape = {
    **ITEM,
    "any": Kind.TABLES,
    "doc": Kind.TEXT,
    "index": Kind.FLAG,
    "was": Kind.LATER,
}


def resolve_filters(nodes: Mapping[str, Node], scope: Scope) -> Findings[dict[str, Filter]]:
    """The filters; without those that would find less than they are meant to."""
    filters: dict[str, Filter] = {}
    for name, node in nodes.items():
        table = yield from read(node, FILTER, "a filter")
        items = yield from _items(name, table, scope)
        if items is not None:
            parameters = yield from _parameters(items)
            index = table.flag("index") if "index" in table else None
            filters[name] = Filter(name, items, parameters, node.place, index, table.text("doc"))
    return filters


def _items(name: str, table: Table, scope: Scope) -> Findings[tuple[FilterItem, ...] | None]:
    """An item for each table of `any`, or one for the whole filter."""
    if table.lacks("events", "where", "any"):
        hint = 'ask about a field, e.g. `where.list_id = "$list_id"`'
        yield shapes.missing_key(("events", "where", "any"), f"`{name}`", table.place, hint)
    common = yield from questions(table.declarations("where"))
    named = yield from _named_events(table, scope)
    if "any" in table:
        found = yield from _items_of_any(table, common, named, scope)
    else:
        item = yield from _item(table, common, named, scope.schema.events.values(), scope)
        found = [item]
    items = tuple(item for item in found if item)
    is_whole = len(items) == len(found) and not table.broken and table.entries
    return items if is_whole and _all_known(table, named) else None


def _items_of_any(
    table: Table, common: Sequence[Question], named: Sequence[Event] | None, scope: Scope
) -> Findings[list[FilterItem | None]]:
    candidates = scope.schema.events.values() if named is None else named
    items: list[FilterItem | None] = []
    for node in table.elements("any"):
        part = yield from read(node, ITEM, "an item of `any`")
        own = yield from questions(part.declarations("where"))
        events = yield from _named_events(part, scope)
        item = yield from _item(part, (*common, *own), events, candidates, scope)
        items.append(item if _all_known(part, events) and not part.broken else None)
    if all(items) and "any" in table.entries:
        yield from _events_left_out(table, items, scope)
    return items


def _item(
    table: Table,
    asked: Sequence[Question],
    named: Sequence[Event] | None,
    candidates: Iterable[Event],
    scope: Scope,
) -> Findings[FilterItem | None]:
    """Events that are named must have all fields; without names, it is those that have them."""
    if named is None:
        events = yield from _fitting_events(table, asked, tuple(candidates), scope)
    else:
        events = yield from _required_events(asked, named, scope)
    conditions: list[Condition | None] = []
    for question in asked:
        fields = [found for event in events or named or () if (found := _field(event, question))]
        conditions.append((yield from _condition(question, fields, scope)))
    if events is None:
        return None
    names_found = tuple(event.name for event in events)
    return FilterItem(names_found, tuple(each for each in conditions if each))


def _named_events(table: Table, scope: Scope) -> Findings[list[Event] | None]:
    if "events" not in table:
        return None
    events: list[Event] = []
    for name in table.names("events"):
        if event := (yield from find_event(name, scope)):
            events.append(event)
    return events


def _all_known(table: Table, events: Sequence[Event] | None) -> bool:
    return len(events or ()) == len(table.names("events"))


def _required_events(
    asked: Sequence[Question], events: Sequence[Event], scope: Scope
) -> Findings[Sequence[Event] | None]:
    is_whole = True
    for question in asked:
        lacking = [event for event in events if not _field(event, question)]
        is_whole = is_whole and not lacking
        if lacking and not any(event.name in scope.incomplete for event in lacking):
            owner = all_of(event.name for event in lacking)
            known = _field_names(lacking)
            yield names.unknown_field(question.field, owner, question.about.place, known)
    return events if is_whole else None


def _fitting_events(
    table: Table, asked: Sequence[Question], candidates: Sequence[Event], scope: Scope
) -> Findings[Sequence[Event] | None]:
    fitting = [event for event in candidates if all(_field(event, each) for each in asked)]
    if fitting or not _are_known(candidates, scope):
        return fitting or None
    known = _field_names(candidates)
    strange = [question for question in asked if question.field not in known]
    for question in strange:
        owner = "any event that this can find"
        yield names.unknown_field(question.field, owner, question.about.place, known)
    if asked and not strange:
        fields = dict.fromkeys(question.field for question in asked)
        yield filtering.item_without_events(table.place, fields)
    return None


def _are_known(events: Sequence[Event], scope: Scope) -> bool:
    """All of them, with all of their fields."""
    is_any_incomplete = any(event.name in scope.incomplete for event in events)
    return "events" not in scope.unreadable and not is_any_incomplete


def _condition(
    question: Question, fields: Sequence[Field], scope: Scope
) -> Findings[Condition | None]:
    if not fields:
        return None
    first = fields[0]
    known = [field for field in fields if field.type != POISON]
    if other := next((field for field in known if field.type != known[0].type), None):
        places = known[0].place, other.place
        yield filtering.field_of_two_types(first.name, question.about.place, places)
        return None
    return (yield from resolve_condition(question, first, scope))


def _events_left_out(
    table: Table, items: Sequence[FilterItem | None], scope: Scope
) -> Findings[None]:
    found = {event for item in items if item for event in item.events}
    for name in table.names("events"):
        if name.text in scope.schema.events and name.text not in found | scope.incomplete:
            yield filtering.event_without_item(name.text, name.place)


def _parameters(items: Iterable[FilterItem]) -> Findings[tuple[Parameter, ...]]:
    """Each parameter once, in the order of first use."""
    parameters: dict[str, Parameter] = {}
    places: dict[str, Place] = {}
    for condition in (condition for item in items for condition in item.conditions):
        if isinstance(parameter := condition.operand, Parameter):
            first = parameters.setdefault(parameter.name, parameter)
            place = condition.place.value
            first_place = places.setdefault(parameter.name, place)
            if clash(parameter, first):
                types = described(parameter), described(first)
                yield filtering.parameter_of_two_types(parameter.name, types, (place, first_place))
    return tuple(parameters.values())


def clash(one: Parameter, other: Parameter) -> bool:
    """They cannot be the same parameter. A type that is not known clashes with nothing."""
    return one != other and POISON not in (one.type, other.type)


def described(parameter: Parameter) -> str:
    return (
        f"a sequence of `{written(parameter.type)}`"
        if parameter.many
        else f"`{written(parameter.type)}`"
    )


def _field(event: Event, question: Question) -> Field | None:
    return next((field for field in event.fields if field.name == question.field), None)


def _field_names(events: Iterable[Event]) -> list[str]:
    return list(dict.fromkeys(field.name for event in events for field in event.fields))
