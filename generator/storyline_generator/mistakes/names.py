"""Mistakes in what refers to something else: types, events, streams, filters and fields by name."""

from __future__ import annotations

from collections.abc import Iterable

from storyline_generator.diagnostics import Diagnostic, Place, Related
from storyline_generator.suggestions import all_of, did_you_mean


def malformed_type(text: str, place: Place, hint: str) -> Diagnostic:
    """A type is not written as a type.

    A type is a built-in name (`str`), a name from `[types]` (`ListId`), or one of them in
    `list[…]`, `set[…]` or `map[…]`. A `?` at the very end says that the value may be absent.

    Example: `list<Item>` instead of `list[Item]`, or `list[date?]`.

        [events.ITEM_ADDED]
        fields.tags = "list<str>"
    """
    return Diagnostic("malformed-type", f"`{text}` is not a type.", place, hint=hint)


def unknown_type(name: str, place: Place, related: tuple[Related, ...], hint: str) -> Diagnostic:
    """A type is neither built in nor declared in `[types]`.

    Built in are `str int float bool decimal uuid date datetime time duration bytes json`.
    Everything that begins with a capital letter is declared in `[types]`.

    Example: `Titel` instead of `Title`.

        [events.ITEM_ADDED]
        fields.title = "Titel"
    """
    return Diagnostic("unknown-type", f"unknown type `{name}`.", place, related, hint)


def unknown_event(name: str, place: Place, related: tuple[Related, ...], hint: str) -> Diagnostic:
    """An event is named that the story does not have.

    Filters, projections and validators name events exactly as `[events.…]` declares them.

    Example: `ITEM_ADED` instead of `ITEM_ADDED`.

        [validators.add_item]
        emits = ["ITEM_ADED"]
    """
    return Diagnostic("unknown-event", f"unknown event `{name}`.", place, related, hint)


def unknown_stream(name: str, place: Place, related: tuple[Related, ...], hint: str) -> Diagnostic:
    """A stream is named that the story does not have.

    Events, and projections of one stream, name a stream that `[streams.…]` declares. What reads a
    filter says so with `streams = ["…"]`, since a filter has no key that could identify a state.

    Example: `lists` instead of `list`.

        [events.ITEM_ADDED]
        stream = "lists"
    """
    return Diagnostic("unknown-stream", f"unknown stream `{name}`.", place, related, hint)


def unknown_source(name: str, place: Place, related: tuple[Related, ...], hint: str) -> Diagnostic:
    """A projection or validator reads something that is neither a stream nor a filter.

    What stands in `streams` is a name from `[streams.…]` or from `[filters.…]`.

    Example: `one_itme` instead of `one_item`.

        [validators.rename_item]
        streams = ["list", "one_itme"]
    """
    message = f"`{name}` is neither a stream nor a filter."
    return Diagnostic("unknown-source", message, place, related, hint)


def unknown_field(name: str, owner: str, place: Place, known: Iterable[str]) -> Diagnostic:
    """A field is named that is not there.

    The key of a stream is one of its fields, a condition asks about a field that the events have,
    `key_of` names a field of the event, and an index of a projection is one of the fields of its
    state.

    Example: `titel` instead of `title`.

        [filters.by_title]
        events = ["ITEM_ADDED"]
        where.titel = "$title"
    """
    hint = did_you_mean(name, known)
    return Diagnostic("unknown-field", f"there is no field `{name}` in {owner}.", place, hint=hint)


def unfit_base(text: str, place: Place, what: str, fitting: str) -> Diagnostic:
    """A declared type is based on something that cannot be its base.

    An `id` is a `str`, an `int` or a `uuid`; a `base` is any built-in type but not a list, a set, a
    map, or another declared type.

    Example:

        [types]
        Tags = { base = "list[str]" }
    """
    return Diagnostic("unfit-base", f"`{text}` cannot be {what}.", place, hint=f"use {fitting}")


def unread_event(event: str, reader: str, place: Place, read: Iterable[str]) -> Diagnostic:
    """A projection mentions an event that it does not read.

    `ignore` leaves out events of the projection's own streams, `key_of` says where they have the
    key, and an example gives events that the projection handles. Anything else would have no
    effect.

    Example: `COURSE_DEFINED` belongs to no stream that the projection reads.

        [projections.list]
        stream = "list"
        ignore = ["COURSE_DEFINED"]
    """
    read = tuple(read)
    hint = did_you_mean(event, read) or f"it reads {all_of(read)}"
    return Diagnostic("unread-event", f"{reader} does not read `{event}`.", place, hint=hint)
