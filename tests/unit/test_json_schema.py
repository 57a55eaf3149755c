"""What editors accept and refuse is what the resolver reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import tomli
from hypothesis import given, settings
from jsonschema.exceptions import best_match

from storyline_generator import json_schema
from storyline_generator.checks import check
from storyline_generator.json_schema.descriptions import DESCRIPTIONS
from storyline_generator.reading.document import Document
from storyline_generator.resolver import resolve
from storyline_generator.schema import SoundSchema
from storyline_generator.source import Source

from .story_texts import TODO
from .test_any_story import RICH, STORY, mutated_stories

ROOT = Path(__file__).parent.parent.parent
SCHEMA = json_schema.story()
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)
OF_SHAPE = {
    "unknown-key",
    "unknown-operator",
    "empty-condition",
    "missing-key",
    "wrong-kind",
    "conflicting-keys",
    "repeated-name",
    "not-yet",
    "malformed-type",
    "unfit-base",
}


def stories() -> Iterator[Path]:
    yield ROOT / "generator/storyline_cli/stories/first.toml"
    for folder in ("schemas", "tests"):
        for file in sorted((ROOT / folder).rglob("*.toml")):
            if not file.name.endswith(".lock.toml"):
                yield file


def as_json(value: object) -> Any:
    """As an editor hands it on: dates are text, and `1.0` stays a number that is not whole."""
    if isinstance(value, dict):
        return {key: as_json(part) for key, part in value.items()}
    if isinstance(value, list):
        return [as_json(part) for part in value]
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    return value + 0.5 if isinstance(value, float) and value.is_integer() else value


def is_accepted(tables: object) -> bool:
    return VALIDATOR.is_valid(as_json(tables))


def test_it_is_a_json_schema() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("file", list(stories()), ids=lambda file: str(file.relative_to(ROOT)))
def test_every_story_of_this_repository_is_accepted(file: Path) -> None:
    text = file.read_text(encoding="utf-8").replace('"$story"', '"shop"')
    errors = VALIDATOR.iter_errors(as_json(tomli.loads(text)))
    assert [error.message for error in errors] == []


@pytest.mark.parametrize(
    "mistake",
    [
        "strem = 1",
        "wire = 'kebab'",
        "types.Title.docs = 'x'",
        "types.Title.base = 'string'",
        "types.title = { id = 'str' }",
        "types.Both = { id = 'str', base = 'str' }",
        "types.Neither = { doc = 'x' }",
        "types.ListId.max_length = 3",
        "types.Priority.open = 'yes'",
        "types.Item.fields.title = 'list[Title'",
        "types.Item.fields.title = 'list[Title?]'",
        "types.Item.fields.title = { min_length = 1 }",
        "types.Item.fields.title = { type = 'str', min_lenght = 1 }",
        "types.Item.fields.title = { type = 'str', min_length = -1 }",
        "types.Item.fields.Title = 'str'",
        "streams.list.keys = 'x'",
        "streams.other = { fields.a = 'str' }",
        "events.item_added = { stream = 'list' }",
        "events.ITEM_ADDED.stream = 3",
        "events.ITEM_ADDED.stream = []",
        "events.ITEM_ADDED.strem = 'list'",
        "events.ITEM_ADDED.retired = 'yes'",
        "events.ITEM_ADDED.was = ['itemPut']",
        "events.ITEM_ADDED.upcast = [{ from = 1 }]",
        "events.ITEM_ADDED.upcast = [{ set.title = 'x' }]",
        "events.ITEM_ADDED.upcast = [{ from = 1, code = true, drop = ['title'] }]",
        "events.ITEM_ADDED.upcast = [{ from = 1, rename = { title = 1 } }]",
        "events.ITEM_ADDED.upcast = [{ from = 1, map = { title = 'x' } }]",
        "events.ITEM_SEEN = { doc = 'x' }",
        "filters.one_item.where.item_id = { equals = 1 }",
        "filters.one_item.where.item_id = {}",
        "filters.one_item.where.item_id = { in = 1 }",
        "filters.one_item.where.item_id = { exists = 'yes' }",
        "filters.one_item.index = 'yes'",
        "filters.one_item.events = ['ITEM_ADDED', 'ITEM_ADDED']",
        "filters.nothing = { doc = 'x' }",
        "filters.any = { any = [{ index = true }] }",
        "projections.list.streams = ['list']",
        "projections.list.version = '1'",
        "projections.list.stat = 'x'",
        "projections.list.example = [{ given = [] }]",
        "projections.list.example = [{ given = [{ ITEM_ADDED = 1 }], then = {} }]",
        "projections.other = { stream = 'list' }",
        "projections.other = { state.a = 'int?' }",
        "validators.add_item.emit = ['ITEM_ADDED']",
        "validators.other = { stream = 'list' }",
    ],
)
def test_a_wrong_story_is_refused(mistake: str) -> None:
    wrong = merged(tomli.loads(TODO), tomli.loads(mistake))
    assert not is_accepted(wrong)
    assert not isinstance(check(resolve(document(wrong))), SoundSchema)


@pytest.mark.parametrize(
    "addition",
    [
        "x-notes = 1",
        "events.ITEM_ADDED.x-owner = { team = 'lists' }",
        "events.x-notes = 'anything'",
        "filters.one_item.where.x-notes = {}",
        "types.Item.fields.parts = 'list[map[set[Item]]]?'",
        "types.Money = { base = 'decimal', min = '0', max = 10 }",
    ],
)
def test_what_is_allowed_is_accepted(addition: str) -> None:
    assert is_accepted(merged(tomli.loads(TODO), tomli.loads(addition)))


@settings(max_examples=150, deadline=None)
@given(mutated_stories())
def test_what_is_sound_is_accepted_and_a_wrong_shape_refused(story: dict[str, object]) -> None:
    outcome = check(resolve(document(story)))
    if isinstance(outcome, SoundSchema):
        assert is_accepted(story), first_error(story)
    elif mistakes := [each for each in outcome if each.code in OF_SHAPE and can_be_said(each)]:
        assert not is_accepted(story), mistakes


def test_every_key_is_described_and_nothing_else() -> None:
    assert {name: set(keys) for name, keys in DESCRIPTIONS.items()} == keys_of_shapes()


def test_the_file_is_known_as_ours() -> None:
    assert json_schema.is_ours(json_schema.text())
    assert json_schema.is_ours(json_schema.text().replace("\n", "\r\n"))
    assert not json_schema.is_ours('{"title": "mine"}')


def can_be_said(diagnostic: Any) -> bool:
    """Editors see dates as text, and no JSON Schema counts keys but for some."""
    return not re.search(r"\ba (date|time)\b|a table with one event", diagnostic.message)


def document(tables: dict[str, object]) -> Document:
    return Document(tables, Source("story.toml", RICH))


def merged(one: Any, other: Any) -> Any:
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return other
    return {**one, **{key: merged(one.get(key), part) for key, part in other.items()}}


def first_error(story: object) -> object:
    return best_match(VALIDATOR.iter_errors(as_json(story)))


def keys_of_shapes() -> dict[str, set[str]]:
    """By the schema that was made of them, so that a description of nothing is found."""
    found: dict[str, set[str]] = {}
    of_tables = [
        ("story", SCHEMA),
        *(("type", one) for one in section("types")["oneOf"]),
        ("field", SCHEMA["definitions"]["fields"]["additionalProperties"]["anyOf"][-1]),  # type: ignore[index]
        *((name.removesuffix("s"), section(name)) for name in NAMED),
        ("example", section("projections")["properties"]["example"]["items"]),
        ("upcast", section("events")["properties"]["upcast"]["items"]),
    ]
    for name, shape in of_tables:
        found.setdefault(name, set()).update(shape["properties"])
    return found


NAMED = ("streams", "events", "filters", "projections", "validators")


def section(name: str) -> Any:
    properties: Any = SCHEMA["properties"]
    return properties[name]["additionalProperties"]


def test_the_story_that_is_mutated_is_accepted() -> None:
    assert is_accepted(STORY)
