"""A name is not written as names of its kind are, or is too long.

Stories, streams, filters, projections, validators, fields and parameters are `lower_snake_case`,
events are `UPPER_SNAKE_CASE`, and types are `Capitalised`: names of Python and PostgreSQL are
derived from them, and one look at a name tells what it is. A story is also the name of a PostgreSQL
schema, which has 63 bytes at most and does not begin with `pg_`; `storyline` is taken. Words that
Python reserves, such as `class`, are fine.

Example: `itemId` must be `item_id`.

    [events.ItemAdded]
    fields.itemId = "str"
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from storyline_generator.diagnostics import Diagnostic, Place
from storyline_generator.immutable import immutable
from storyline_generator.schema import Parameter, Schema

LOWER = re.compile(r"[a-z][a-z0-9_]*")
UPPER = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
CAPITALISED = re.compile(r"[A-Z][A-Za-z0-9]*")
_TYPE_NAME = re.compile(rf"(?!(None|True|False)$){CAPITALISED.pattern}")
_DATABASE_SCHEMA = re.compile(r"(?!pg_|storyline$|information_schema$)[A-Za-z_][A-Za-z0-9_-]*")


@immutable
class _Style:
    pattern: re.Pattern[str]
    example: str
    longest: int
    way_out: str = ""
    """What to do where no spelling of the name would help."""


_LETTERS = "use letters from `a` to `z`, digits and `_`"
_STORY = _Style(LOWER, "lower_snake_case", 63, _LETTERS)
_FILE = _Style(LOWER, "lower_snake_case", 100, _LETTERS)
"""For what becomes the name of a file."""
_FIELD = _Style(LOWER, "lower_snake_case", 255, _LETTERS)
_EVENT = _Style(UPPER, "UPPER_SNAKE_CASE", 255, "use letters from `A` to `Z`, digits and `_`")
_TYPE = _Style(
    _TYPE_NAME, "Capitalised", 255, "use letters and digits; `None` and the like are taken"
)
_DATABASE = _Style(
    _DATABASE_SCHEMA,
    "a free PostgreSQL schema",
    63,
    'choose another name, or say `schema = "…"` beside it',
)


def is_free_story_name(name: str) -> bool:
    """Whether a story may be called so, without a `schema` of another name."""
    styles = (_STORY, _DATABASE)
    return all(style.pattern.fullmatch(name) and len(name) <= style.longest for style in styles)


def check(schema: Schema) -> Iterator[Diagnostic]:
    for name, place, style in _names(schema):
        if not style.pattern.fullmatch(name):
            message = f"`{_short(name)}` is not written like {style.example}."
            yield Diagnostic("invalid-name", message, place, hint=_hint(name, style))
        elif len(name) > style.longest:
            message = f"this name has {len(name)} characters, and may have {style.longest}."
            yield Diagnostic("invalid-name", message, place)


def _names(schema: Schema) -> Iterator[tuple[str, Place, _Style]]:
    if schema.story:
        yield from _story_names(schema)
    for name, type in schema.types.items():
        yield name, type.place, _TYPE
    for name, event in schema.events.items():
        yield name, event.place, _EVENT
        for old in event.was:
            yield old, (event.place / "was").value, _EVENT
    for section in (schema.streams, schema.filters, schema.projections, schema.validators):
        for name, part in section.items():
            yield name, part.place, _FILE
    for field in schema.declared_fields:
        yield field.name, field.place, _FIELD
    yield from _parameters(schema)
    yield from _keys_of_projections(schema)


def _story_names(schema: Schema) -> Iterator[tuple[str, Place, _Style]]:
    story = (schema.place / "story").value
    yield schema.story, story, _STORY
    if schema.database_schema != schema.story:
        yield schema.database_schema, (schema.place / "schema").value, _DATABASE
    elif LOWER.fullmatch(schema.story):
        yield schema.database_schema, story, _DATABASE


def _parameters(schema: Schema) -> Iterator[tuple[str, Place, _Style]]:
    seen: set[str] = set()
    for filter in schema.filters.values():
        for condition in (each for item in filter.items for each in item.conditions):
            if isinstance(condition.operand, Parameter) and condition.operand.name not in seen:
                yield condition.operand.name, condition.place.value, _FIELD
                seen.add(condition.operand.name)


def _keys_of_projections(schema: Schema) -> Iterator[tuple[str, Place, _Style]]:
    """A key that is no stream's need not be declared anywhere."""
    keys_of_streams = {stream.key.name for stream in schema.streams.values()}
    for projection in schema.projections.values():
        if projection.key and projection.key.name not in keys_of_streams:
            yield projection.key.name, (projection.place / "key").value, _FIELD


def _hint(name: str, style: _Style) -> str:
    """The same words in the style that is wanted, if that makes a name."""
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", _short(_without_accents(name)))
    snake = re.sub(r"[^A-Za-z0-9]+", "_", words).strip("_").lower()
    wanted = {
        "lower_snake_case": snake,
        "UPPER_SNAKE_CASE": snake.upper(),
        "Capitalised": "".join(word.capitalize() for word in snake.split("_")),
    }.get(style.example, "")
    if not _without_accents(name).isascii():
        wanted = ""
    return f"write `{wanted}`" if style.pattern.fullmatch(wanted) else style.way_out


def _without_accents(name: str) -> str:
    """`tödo` → `todo`; what has no such form stays as it is."""
    parts = unicodedata.normalize("NFKD", name)
    return "".join(part for part in parts if not unicodedata.combining(part))


def _short(name: str) -> str:
    return name if len(name) <= 40 else f"{name[:39]}…"
