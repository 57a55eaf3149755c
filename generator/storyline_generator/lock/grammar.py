"""Which facts a lock can hold. What a hand has changed into something else is found here."""

from __future__ import annotations

from collections.abc import Mapping

from storyline_generator.lock.tree import Fact, Path
from storyline_generator.schema import Scalar

FORMAT = 1
"""Of the file. A later format reads the earlier ones."""

COMPOUND = ("list", "set", "map", "record", "enum", "outer")
_TYPES = frozenset((*(scalar.value for scalar in Scalar), *COMPOUND))
_LEAVES: Mapping[str, tuple[type, ...]] = {
    "optional": (bool,),
    "sometimes": (bool,),
    "removed": (bool,),
    "open": (bool,),
    "levels": (int,),
    "default": (str, int, bool),
    "default_json": (str,),
    "min_length": (int,),
    "max_length": (int,),
    "min_items": (int,),
    "max_items": (int,),
    "decimal_places": (int,),
    "max_digits": (int,),
    "min": (int, str),
    "max": (int, str),
    "multiple_of": (int, str),
    "pattern": (str,),
    "base_multiple_of": (int, str),
    "base_pattern": (str,),
}


def is_fact(path: Path, fact: Fact) -> bool:
    """Whether `storyline release` could have written this."""
    match path:
        case ("format",):
            return fact == FORMAT
        case ("events" | "projections", _, version, "fields", _, *shape):
            return version.isdecimal() and _is_of_shape(shape, fact)
        case ("story",) | ("schema",) | ("streams", _, "key") | ("indexes", _):
            return isinstance(fact, str)
        case ("projections", _, version, "keys", _):
            return version.isdecimal() and isinstance(fact, str)
        case ("filters", _, number, "where", _, _):
            return number.isdecimal() and isinstance(fact, str)
        case ("projections", _, version, "asks", number, "where", _, _):
            return version.isdecimal() and number.isdecimal() and isinstance(fact, str)
        case ("migrations", _, *rest):
            return _is_of_migration(rest, fact)
        case _:
            return _is_listed(path) and fact is True


def _is_listed(path: Path) -> bool:
    """Whether it says of something that it is there."""
    match path:
        case ("filters" | "projections", _, number, "events", _):
            return number.isdecimal()
        case ("projections", _, version, "index", _):
            return version.isdecimal()
        case ("projections", _, version, "asks", number, "events", _):
            return version.isdecimal() and number.isdecimal()
        case ("streams", _, "events", _) | ("filters", _, "index") | ("renamed", _, _):
            return True
        case _:
            return False


def _is_of_migration(path: list[str], fact: Fact) -> bool:
    match path:
        case ["hash"] | ["makes", _, _, "up" | "down"]:
            return isinstance(fact, str)
        case ["after" | "replaces", _] | ["drops", _, _]:
            return fact is True
        case _:
            return False


def _is_of_shape(path: list[str], fact: Fact) -> bool:
    match path:
        case ["type"]:
            return fact in _TYPES
        case ["item", *rest] | ["fields", _, *rest]:
            return _is_of_shape(rest, fact)
        case ["values" | "was", _]:
            return fact is True
        case [leaf]:
            return type(fact) in _LEAVES.get(leaf, ())
        case _:
            return False
