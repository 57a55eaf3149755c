"""A story becomes a schema in which every name is looked up and every value typed."""

from __future__ import annotations

from datetime import date

import pytest

from storyline_generator.resolver import resolve
from storyline_generator.schema import (
    Constant,
    Default,
    EnumType,
    IdType,
    ListOf,
    MapOf,
    Operator,
    Parameter,
    RecordType,
    RecordValue,
    Reference,
    Scalar,
    SetOf,
    Type,
)

from .story_texts import TODO, document, resolved

SCHEMA = resolved(TODO)


def test_the_sections_keep_the_order_of_the_text() -> None:
    assert list(SCHEMA.events) == [
        "LIST_CREATED",
        "ITEM_ADDED",
        "ITEM_COMPLETED",
        "ITEM_MARKED_INCOMPLETE",
        "ITEM_REMOVED",
    ]
    assert list(SCHEMA.types) == ["ListId", "ItemId", "Title", "Priority", "Item"]


def test_one_key_decides_what_a_type_is() -> None:
    assert isinstance(SCHEMA.types["ListId"], IdType)
    assert isinstance(SCHEMA.types["Priority"], EnumType)
    item = SCHEMA.types["Item"]
    assert isinstance(item, RecordType)
    assert [field.type for field in item.fields] == [
        Reference("ItemId"),
        Reference("Title"),
        Scalar.DATETIME,
    ]


def test_an_event_has_the_fields_of_its_stream_first() -> None:
    added = SCHEMA.events["ITEM_ADDED"]
    assert [field.name for field in added.fields] == [
        "list_id",
        "item_id",
        "title",
        "due_on",
        "priority",
    ]
    assert [field.optional for field in added.fields] == [False, False, False, True, False]
    assert added.fields[-1].default == Default("normal")


def test_a_stream_knows_its_events() -> None:
    assert SCHEMA.streams["list"].events == tuple(SCHEMA.events)
    assert SCHEMA.streams["list"].key.type == Reference("ListId")


def test_an_event_of_two_streams_has_the_fields_of_both() -> None:
    schema = resolved(
        """
        story = "courses"
        streams.course = { key = "course", fields.course = "str", fields.year = "int" }
        streams.student = { key = "student", fields.student = "str", fields.year = "int" }
        events.SUBSCRIBED = { stream = ["course", "student"] }
        """
    )
    fields = [field.name for field in schema.events["SUBSCRIBED"].fields]
    assert fields == ["course", "year", "student"]


def test_a_parameter_has_the_type_of_its_field() -> None:
    assert SCHEMA.filters["one_item"].parameters == (
        Parameter("list_id", Reference("ListId")),
        Parameter("item_id", Reference("ItemId")),
    )
    [item] = SCHEMA.filters["urgent_items"].items
    priority, due_on = item.conditions
    assert priority.operand == Constant("high")
    assert (due_on.operator, due_on.operand) == (Operator.LT, Parameter("before", Scalar.DATE))


def filter_of(text: str) -> object:
    filters = resolved(f"{TODO}\n[filters.this]\n{text}").filters
    return filters["this"]


@pytest.mark.parametrize(
    ("condition", "operand"),
    [
        ('title = "$$5"', Constant("$5")),
        ('title.in = ["a", "$$b"]', Constant(("a", "$b"))),
        ('title.in = "$titles"', Parameter("titles", Reference("Title"), many=True)),
        ("due_on.exists = false", Constant(False)),
        ('due_on.exists = "$known"', Parameter("known", Scalar.BOOL)),
        ('due_on.gte = "2026-01-01"', Constant(date(2026, 1, 1))),
    ],
)
def test_an_operand_is_a_parameter_or_a_typed_constant(condition: str, operand: object) -> None:
    schema = resolved(f'{TODO}\n[filters.this]\nevents = ["ITEM_ADDED"]\nwhere.{condition}')
    [item] = schema.filters["this"].items
    assert [each.operand for each in item.conditions] == [operand]


def items_of(text: str) -> list[tuple[tuple[str, ...], list[str]]]:
    items = resolved(f"{TODO}\n[filters.this]\n{text}").filters["this"].items
    return [(item.events, [each.field.name for each in item.conditions]) for item in items]


def test_without_events_a_filter_finds_whatever_has_its_fields() -> None:
    assert items_of('where.title = "$title"') == [(("ITEM_ADDED",), ["title"])]


def test_an_item_of_any_applies_to_the_events_that_have_all_its_fields() -> None:
    text = 'any = [{ where.title = "$t" }, { where.name = "$t2" }]\nwhere.list_id = "$list_id"'
    assert items_of(text) == [
        (("ITEM_ADDED",), ["list_id", "title"]),
        (("LIST_CREATED",), ["list_id", "name"]),
    ]


def test_an_item_of_any_may_name_events_of_its_own() -> None:
    text = 'any = [{ events = ["ITEM_REMOVED"], where.item_id = "$item" }, { where.title = "x" }]'
    assert items_of(text) == [(("ITEM_REMOVED",), ["item_id"]), (("ITEM_ADDED",), ["title"])]


def test_a_projection_reads_what_it_does_not_ignore() -> None:
    text = '[projections.p]\nstream = "list"\nignore = ["LIST_CREATED"]\nstate.names = "list[str]"'
    projection = resolved(f"{TODO}\n{text}").projections["p"]
    assert projection.events == tuple(SCHEMA.events)[1:]
    assert projection.key == Parameter("list_id", Reference("ListId"))


@pytest.mark.parametrize(
    ("key", "state", "type"),
    [
        ("list_id", 'at = "date?"', Reference("ListId")),
        ("list_id", 'list_id = "str"', Scalar.STR),
        ("due_on", 'at = "date?"', Scalar.DATE),
        ("owner", 'at = "date?"', Scalar.STR),
    ],
)
def test_a_declared_key_has_the_type_of_what_has_its_name(key: str, state: str, type: Type) -> None:
    text = f'[projections.p]\nstreams = ["list"]\nkey = "{key}"\nstate.{state}'
    assert resolved(f"{TODO}\n{text}").projections["p"].key == Parameter(key, type)


def test_examples_are_typed() -> None:
    [example] = SCHEMA.projections["list"].examples
    assert example.given[1] == (
        "ITEM_ADDED",
        {"list_id": "l1", "item_id": "i1", "title": "Milk"},
    )
    assert example.then == {"name": "Home", "incomplete": []}


def test_a_validator_has_the_parameters_of_all_its_sources() -> None:
    text = '[validators.v]\nstreams = ["list", "one_item", "urgent_items"]\nemits = ["ITEM_ADDED"]'
    validator = resolved(f"{TODO}\n{text}").validators["v"]
    assert [each.name for each in validator.parameters] == ["list_id", "item_id", "before"]
    assert validator.multi


def test_camel_case_changes_the_stored_keys_only() -> None:
    schema = resolved(f'wire = "camel"\n{TODO}')
    field = schema.events["ITEM_ADDED"].fields[0]
    assert (field.name, field.key) == ("list_id", "listId")
    assert SCHEMA.events["ITEM_ADDED"].fields[0].key == "list_id"


def test_a_story_lives_in_a_database_schema_of_its_name_unless_it_says_otherwise() -> None:
    assert SCHEMA.database_schema == "todo"
    assert resolved(f'schema = "public"\n{TODO}').database_schema == "public"


@pytest.mark.parametrize(
    ("text", "type", "optional"),
    [
        ("str", Scalar.STR, False),
        ("Title?", Reference("Title"), True),
        ("list[set[Title]]", ListOf(SetOf(Reference("Title"))), False),
        ("map[list[int]]?", MapOf(ListOf(Scalar.INT)), True),
    ],
)
def test_the_grammar_of_types(text: str, type: Type, optional: bool) -> None:
    schema = resolved(f'{TODO}\n[events.X]\nstream = "list"\nfields.x = "{text}"')
    field = schema.events["X"].fields[-1]
    assert (field.type, field.optional) == (type, optional)


def test_a_default_may_be_a_record_that_is_declared_later() -> None:
    schema = resolved(
        """
        story = "x"
        types.A = { fields.b = { type = "B", default = { c = 1 } } }
        types.B = { fields.c = "int" }
        """
    )
    record = schema.types["A"]
    assert isinstance(record, RecordType)
    assert record.fields[0].default == Default(RecordValue("B", {"c": 1}))


def test_what_could_be_resolved_is_there_beside_the_mistakes() -> None:
    resolution = resolve(document(f'{TODO}\n[events.X]\nstream = "lst"'))
    assert [diagnostic.code for diagnostic in resolution.diagnostics] == ["unknown-stream"]
    assert set(resolution.schema.events) == {*SCHEMA.events, "X"}
