"""Mistakes in the shape of a table: its keys, and the kind of value behind each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from storyline_generator.diagnostics import Diagnostic, Place, Related
from storyline_generator.suggestions import all_of, did_you_mean, one_of

SECTIONS = ("types", "streams", "events", "filters", "projections", "validators")
"""What a story declares, each a table of its own."""


def unknown_key(key: str, what: str, place: Place, known: Iterable[str]) -> Diagnostic:
    """A table has a key that means nothing there.

    A misspelt key would otherwise be ignored in silence, and a constraint or an index be missing
    without anybody noticing. Keys that begin with `x-` are yours: they are passed over.

    Example: `strem` instead of `stream`.

        [events.ITEM_ADDED]
        strem = "list"
    """
    known = tuple(known)
    hint = did_you_mean(key, known) or f"use {one_of(known)}, or `x-{key}` for notes of your own"
    if key in SECTIONS:
        hint = f"begin a table of its own: `[{key}.…]`"
    return Diagnostic("unknown-key", f"`{key}` is not a key of {what}.", place, hint=hint)


def missing_key(keys: Sequence[str], what: str, place: Place, hint: str = "") -> Diagnostic:
    """A table lacks a key that it must have.

    An event must name its stream, a stream its key, a validator what it emits, and so on: nothing
    sensible could be assumed.

    Example: an event that belongs to no stream.

        [events.ITEM_ADDED]
        fields.title = "str"
    """
    return Diagnostic("missing-key", f"{what} has no {one_of(keys)}.", place, hint=hint)


def wrong_kind(place: Place, wanted: str, got: str, hint: str = "") -> Diagnostic:
    """A key has a value of another kind than it must have.

    Each key takes one kind of TOML value: text, true or false, a number, a list or a table.

    Example: `index` says true or false.

        [filters.one_item]
        index = "yes"
    """
    return Diagnostic("wrong-kind", f"this must be {wanted}, not {got}.", place, hint=hint)


def conflicting_keys(what: str, place: Place, other: Place, keys: Sequence[str]) -> Diagnostic:
    """A table has two keys that exclude each other.

    A type is an `id`, a `base`, an `enum` or a record with `fields`: exactly one of them. A
    projection or validator has either `stream` or `streams`; the states of one `stream` are
    identified by its key, so `key` and `key_of` belong to `streams`.

    Example:

        [types]
        Title = { base = "str", enum = ["Mr", "Ms"] }
    """
    related = (Related("the other one is here", other),)
    hint = "keep one of them"
    message = f"{what} cannot have {all_of(keys)} together."
    return Diagnostic("conflicting-keys", message, place, related, hint)


def repeated_name(name: str, place: Place, first: Place) -> Diagnostic:
    """A list names the same thing twice.

    The second mention would change nothing, so it is probably meant to be another name.

    Example:

        [validators.add_item]
        emits = ["ITEM_ADDED", "ITEM_ADDED"]
    """
    related = (Related("first named here", first),)
    return Diagnostic("repeated-name", f"`{name}` is named twice.", place, related)


def not_yet(key: str, place: Place) -> Diagnostic:
    """A feature of the schema language that this release does not have.

    `partition`, and `was` on all but fields and events, belong to the language, and arrive
    with a later release. They are refused until then, not ignored.

    Example:

        [streams.list]
        was = ["lists"]
    """
    message = f"`{key}` arrives with a later release of Storyline."
    return Diagnostic("not-yet", message, place, hint="leave it out for now")
