"""`@immutable`: a class of fields → a value: complete when built, never changed, equal by them.

As a frozen dataclass, and checked as one; but to define one of those takes 0.5 ms, as its methods
are compiled anew, and every run would define a hundred. Here all classes share their methods.

A `cached_property` is no field: neither equality nor a copy sees it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Final, NoReturn, TypeVar, dataclass_transform

T = TypeVar("T")

NOTHING: Final[Mapping[Any, Any]] = MappingProxyType({})
"""An empty table, which all values can share."""


@dataclass_transform(frozen_default=True)
def immutable(declared: type[T]) -> type[T]:
    """Type checkers look at every call; at run time, it is only seen that no field is missing."""
    names = field_names(declared)
    defaults = {name: getattr(declared, name) for name in names if hasattr(declared, name)}
    methods: dict[str, object] = {
        "__init__": _initializer(names, defaults),
        "__eq__": _equality(names),
        "__hash__": _hash_of(names),
        "__repr__": _text,
        "__setattr__": _refuse,
        "__delattr__": _refuse,
        "__match_args__": names,
    }
    for name, method in methods.items():
        setattr(declared, name, method)
    return declared


def field_names(declared: type) -> tuple[str, ...]:
    """Those of its bases first."""
    classes = reversed(declared.__mro__[:-1])
    return tuple(dict.fromkeys(name for each in classes for name in each.__annotations__))


def replaced(value: T, /, **changes: object) -> T:
    """A copy with some fields changed."""
    new = object.__new__(type(value))
    names = field_names(type(value))
    new.__dict__.update({name: getattr(value, name) for name in names}, **changes)
    if len(new.__dict__) != len(names):
        raise TypeError(f"{type(value).__name__} has not all of {', '.join(changes)}")
    return new


def _initializer(names: tuple[str, ...], defaults: dict[str, object]) -> Callable[..., None]:
    def initialize(self: object, *values: object, **named: object) -> None:
        fields = self.__dict__
        fields.update(defaults)
        if values:
            fields.update(zip(names, values))  # noqa: B905, since the rest is named or has defaults
        fields.update(named)
        if len(fields) != len(names):
            raise TypeError(f"{type(self).__name__} takes {', '.join(names)}")

    return initialize


def _hash_of(names: tuple[str, ...]) -> Callable[[object], int]:
    fields = attrgetter(*names)
    return lambda self: hash(fields(self))


def _equality(names: tuple[str, ...]) -> Callable[[object, object], bool]:
    fields = attrgetter(*names)
    return lambda self, other: (
        self is other or (type(self) is type(other) and fields(self) == fields(other))
    )


def _text(self: object) -> str:
    fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in field_names(type(self)))
    return f"{type(self).__name__}({fields})"


def _refuse(self: object, name: str, *_: Any) -> NoReturn:
    raise AttributeError(f"{type(self).__name__} is never changed, nor its `{name}`")
