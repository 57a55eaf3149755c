"""Mistakes in filters and in what reads them: operators, parameters, the events that are found."""

from __future__ import annotations

from collections.abc import Iterable

from storyline_generator.diagnostics import Diagnostic, Place, Related
from storyline_generator.suggestions import all_of, did_you_mean, one_of


def unknown_operator(name: str, place: Place, known: Iterable[str]) -> Diagnostic:
    """A condition asks with an operator that does not exist.

    Operators are `eq neq in nin gt gte lt lte exists contains`; `where.x = …` means `eq`.

    Example:

        [filters.due]
        events = ["ITEM_ADDED"]
        where.due_on.before = "$day"
    """
    known = tuple(known)
    hint = did_you_mean(name, known) or f"use {one_of(known)}"
    return Diagnostic("unknown-operator", f"unknown operator `{name}`.", place, hint=hint)


def impossible_operator(
    operator: str, field: str, type_text: str, place: Place, possible: Iterable[str]
) -> Diagnostic:
    """A condition asks something that a field of this type cannot answer.

    Equality needs a single value; `gt gte lt lte` need an order, which numbers, text and times
    have; `contains` needs a list or a set of single values; `exists` fits every field.

    Example: a list is searched with `contains`.

        [filters.tagged]
        events = ["ITEM_ADDED"]
        where.tags.gt = "$tag"
    """
    message = f"`{operator}` cannot be asked of `{field}`, which is {type_text}."
    return Diagnostic("impossible-operator", message, place, hint=f"use {one_of(possible)}")


def empty_condition(field: str, place: Place) -> Diagnostic:
    """A condition names a field and asks nothing about it.

    Example:

        [filters.due]
        events = ["ITEM_ADDED"]
        where.due_on = {}
    """
    hint = "ask something, e.g. `exists = true`"
    return Diagnostic("empty-condition", f"nothing is asked about `{field}`.", place, hint=hint)


def malformed_parameter(text: str, place: Place) -> Diagnostic:
    """A text begins with `$` and is not a parameter.

    `"$name"` is a parameter, whose name has small letters, digits and `_`. It stands alone: the
    list of `in` is either one parameter or a list of constants. A constant that begins with `$`
    doubles it.

    Example: `"$5"` must be `"$$5"`.

        [filters.cheap]
        events = ["ITEM_ADDED"]
        where.price_tag = "$5"
    """
    message = f"`{text}` cannot be a parameter."
    hint = f'write `"${text}"` for the text itself, or name a parameter like `"$list_id"`'
    return Diagnostic("malformed-parameter", message, place, hint=hint)


def parameter_of_two_types(
    name: str, types: tuple[str, str], places: tuple[Place, Place]
) -> Diagnostic:
    """A parameter would have to be of two types at once.

    A parameter has the type of the field that it is compared with. Used twice, or in two sources of
    one validator, it must have the same type both times; a parameter of `in` is a sequence.

    Example: a day and a text.

        [filters.mixed]
        events = ["ITEM_ADDED"]
        where.due_on = "$value"
        where.title = "$value"
    """
    message = f"`${name}` is {types[0]} here, and {types[1]} elsewhere."
    related = (Related(f"here it is {types[1]}", places[1]),)
    hint = "give one of them another name"
    return Diagnostic("parameter-of-two-types", message, places[0], related, hint)


def field_of_two_types(name: str, place: Place, fields: tuple[Place, Place]) -> Diagnostic:
    """A condition asks about a field that has another type in another event.

    One comparison cannot serve both. Give each event its own item in `any`, or the same type to
    both fields.

    Example: `size` is a number in one event and a text in the other.

        [filters.by_size]
        events = ["BOX_PACKED", "SHIRT_SOLD"]
        where.size = "$size"
    """
    message = f"`{name}` does not have the same type in all of these events."
    related = (
        Related("it is declared here", fields[0]),
        Related("and differently here", fields[1]),
    )
    hint = "give the events items of their own in `any`"
    return Diagnostic("field-of-two-types", message, place, related, hint)


def item_without_events(place: Place, fields: Iterable[str]) -> Diagnostic:
    """An item of a filter fits no event.

    An item of `any` applies to those of the filter's events that have all its fields. No event has
    them all, so it could never find anything.

    Example: no event has both fields.

        [filters.mixed]
        where.list_id = "$list_id"
        where.course_id = "$course_id"
    """
    message = f"no event has the {_fields(tuple(fields))}."
    return Diagnostic("item-without-events", message, place)


def event_without_item(event: str, place: Place) -> Diagnostic:
    """A filter names an event that none of its items can find.

    An item of `any` applies only to events that have all its fields. This event has them for no
    item, so the filter would never find it.

    Example: `NOTE_ADDED` has neither field.

        [filters.mine]
        events = ["ITEM_ADDED", "NOTE_ADDED"]
        any = [ { where.title = "$title" }, { where.item_id = "$item_id" } ]
    """
    message = f"no item of this filter can find `{event}`."
    hint = "leave the event out, or add an item with `events` of its own"
    return Diagnostic("event-without-item", message, place, hint=hint)


def _fields(names: tuple[str, ...]) -> str:
    return f"field {all_of(names)}" if len(names) == 1 else f"fields {all_of(names)}"
