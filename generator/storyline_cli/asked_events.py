"""Words of a command line → the query that they ask for: a stream or filter, or types of events."""

from __future__ import annotations

import collections.abc
import inspect
from collections.abc import Iterable, Sequence
from typing import Any, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

from storyline import Query, QueryItem, Text
from storyline_cli import UsageError
from storyline_cli.application import StoryPackage


def asked_events(package: StoryPackage, words: Sequence[str], where: Iterable[str]) -> Query[Any]:
    """`order_stream order_id=…`, `ORDER_PAID ORDER_PLACED`, or nothing, which is everything.

    `where`: `key=value`, for the text that is stored under a key.
    """
    stored = [Text(key).eq(value) for key, value in map(_pair, where)]
    return Query(
        *(
            QueryItem(item.types, *item.conditions, *stored, was=dict(item.was))
            for item in _asked(package, words).items
        )
    )


def _asked(package: StoryPackage, words: Sequence[str]) -> Query[Any]:
    types = package.story.events
    if all(word in types for word in words):
        return Query(QueryItem(words or types))
    name, *values = words
    function = package.filters.get(name)
    if function is None:
        raise UsageError(_unknown(package, name))
    given = dict(map(_pair, values))
    expected = inspect.signature(function).parameters
    if given.keys() != expected.keys():
        wanted = " ".join(f"{each}=…" for each in expected)
        raise UsageError(f"`{name}` is asked for as `{name} {wanted}`.")
    hints = get_type_hints(function)
    return function(**{key: _value(key, hints[key], text) for key, text in given.items()})


def _unknown(package: StoryPackage, name: str) -> str:
    functions = ", ".join(f"`{each}`" for each in package.filters)
    return (
        f"Story `{package.story.name}` has neither an event nor a filter `{name}`."
        f" Its streams and filters are {functions}."
    )


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise UsageError(f"`{text}` should be `name=value`.")
    return key, value


def _value(name: str, hint: Any, text: str) -> Any:
    """Several values, where a filter takes several, stand between commas."""
    try:
        if get_origin(hint) is collections.abc.Sequence:
            each = TypeAdapter(get_args(hint)[0])
            return [each.validate_strings(part) for part in text.split(",")]
        return TypeAdapter(hint).validate_strings(text)
    except ValidationError as error:
        reason = error.errors(include_url=False)[0]["msg"]
        raise UsageError(f"`{name}={text}` is not what `{name}` takes: {reason}.") from error
