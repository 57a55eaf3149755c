"""Turns the text of a type, like `list[Item]` or `date?`, into a type, and back into text.

The grammar is small: a name, or one name in `list[…]`, `set[…]`, `map[…]`, and `?` at the very end.
"""

from __future__ import annotations

import re
from functools import cache

from storyline_generator.diagnostics import Findings, Place
from storyline_generator.mistakes import names
from storyline_generator.resolver.scope import Scope, unknown
from storyline_generator.resolver.tables import Name
from storyline_generator.schema import ListOf, MapOf, Reference, Scalar, SetOf, Type
from storyline_generator.suggestions import closest, did_you_mean

POISON = Reference("")
"""Stands for a type that could not be understood. No type has this name, so it fits everything."""

_BUILT_IN = {scalar.value: scalar for scalar in Scalar}
_CONTAINERS = "list|set|map"
_CONTAINER = re.compile(rf"({_CONTAINERS})\[(.*)\]")
_NAME = re.compile(r"[A-Za-z_]\w*")
_DEEPEST = 8
_FOREIGN = {
    "string": "str",
    "text": "str",
    "integer": "int",
    "number": "float",
    "double": "float",
    "boolean": "bool",
    "numeric": "decimal",
    "money": "decimal",
    "timestamp": "datetime",
    "instant": "datetime",
    "interval": "duration",
    "timedelta": "duration",
    "binary": "bytes",
    "object": "json",
    "any": "json",
}
"""What built-in types are called elsewhere."""


def resolve_type(text: str, place: Place, scope: Scope) -> Findings[tuple[Type, bool]]:
    """The type, and whether it is optional. `place`: that of the key to which it belongs."""
    inner = text.removesuffix("?")
    type = _sound_type(inner, scope.types)
    if type is None:
        type = yield from _mistaken(inner, Name(text, place.value), scope)
    return type, inner != text


def written(type: Type) -> str:
    """The text of a type."""
    match type:
        case Scalar():
            return type.value
        case Reference(name):
            return name
        case ListOf(item):
            return f"list[{written(item)}]"
        case SetOf(item):
            return f"set[{written(item)}]"
        case MapOf(value):
            return f"map[{written(value)}]"


def pattern(declared: str) -> str:
    """The whole grammar as one regular expression, for editors; `declared`: that of a type's name.

    Without look-ahead and recursion, so that any engine takes it.
    """
    single = "|".join((*_BUILT_IN, declared))
    inner = f"(?:{single})"
    for _ in range(_DEEPEST):
        inner = rf"(?:{single}|(?:{_CONTAINERS})\[{inner}\])"
    return rf"{inner}\??"


@cache
def _sound_type(text: str, declared: frozenset[str]) -> Type | None:
    """None: there is a mistake in it."""
    if text.count("[") > _DEEPEST:
        return None
    if match := _CONTAINER.fullmatch(text):
        item = _sound_type(match[2], declared)
        return item and _container(match[1], item)
    if text in declared and _NAME.fullmatch(text):
        return Reference(text)
    return _BUILT_IN.get(text)


def _mistaken(inner: str, whole: Name, scope: Scope) -> Findings[Type]:
    """What of the type can be known where not all of it is sound."""
    if inner.count("[") > _DEEPEST:
        hint = f"nest at most {_DEEPEST} lists, sets and maps; a record may hold more"
        yield names.malformed_type(_short(whole.text), whole.place, hint)
        return POISON
    if match := _CONTAINER.fullmatch(inner):
        item = yield from _mistaken(match[2], whole, scope)
        return _container(match[1], item)
    if _NAME.fullmatch(inner):
        yield from _unknown_type(Name(inner, whole.place), scope)
        return POISON
    yield names.malformed_type(_short(whole.text), whole.place, _advice(whole.text))
    return POISON


def _container(name: str, item: Type) -> Type:
    match name:
        case "list":
            return ListOf(item)
        case "set":
            return SetOf(item)
        case _:
            return MapOf(item)


def _unknown_type(name: Name, scope: Scope) -> Findings[None]:
    builtin = _builtin_meant(name.text, [*scope.declared["types"], *_BUILT_IN])
    if builtin and "types" not in scope.unreadable:
        hint = did_you_mean(builtin, [builtin])
        yield names.unknown_type(name.text, name.place, (), hint)
    else:
        yield from unknown(names.unknown_type, name, "a type", ("types",), scope)


def _builtin_meant(name: str, candidates: list[str]) -> str:
    """Names of other languages first, then the name that looks most alike, if it is built in."""
    if foreign := _FOREIGN.get(name.lower()):
        return foreign
    best = next(iter(closest(name, candidates)), "")
    return best if best in _BUILT_IN else ""


def _advice(text: str) -> str:
    if "?" in text:
        return "put `?` at the very end; what stands in a list, a set or a map is never absent"
    if re.match(r"(dict|map|Mapping)\W", text):
        return "write `map[T]`; its keys are always text"
    if re.match(r"(list|set|array|sequence)\W|.*\[\]", text, re.IGNORECASE):
        return "write `list[T]` or `set[T]`, with one type inside"
    return "write a type like `str`, `Title`, `list[Item]` or `date?`"


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
