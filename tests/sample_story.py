"""A story as the resolver would make it, and its migration: for tests that need no TOML."""

from __future__ import annotations

from collections.abc import Iterable

from storyline_generator.diagnostics import Place
from storyline_generator.plan.sql import migrations_of
from storyline_generator.printing import printed
from storyline_generator.schema import (
    Condition,
    EnumType,
    Event,
    Field,
    Filter,
    FilterItem,
    IdType,
    ListOf,
    Operator,
    Parameter,
    Projection,
    Reference,
    Scalar,
    Schema,
    Stream,
    Type,
)
from storyline_generator.source import Source

PLACE = Place(Source("shop.toml", ""))

ADDED = ("ITEM_ADDED",)
ITEMS = ("ITEM_ADDED", "ITEM_REMOVED")


def field(name: str, type: Type = Scalar.STR) -> Field:
    return Field(name, name, type, PLACE)


LIST_ID = field("list_id", Reference("ListId"))
ITEM_ID = field("item_id")
PRIORITY = field("priority", Reference("Priority"))
DUE_ON = field("due_on", Scalar.DATE)
AMOUNT = field("amount", Scalar.INT)
URGENT = field("urgent", Scalar.BOOL)
TAGS = field("tags", ListOf(Scalar.STR))


def condition(field: Field, operator: Operator) -> Condition:
    return Condition(field, operator, Parameter(field.name, field.type), PLACE)


def item(events: Iterable[str], **asked: tuple[Field, Operator]) -> FilterItem:
    return FilterItem(tuple(events), tuple(condition(*pair) for pair in asked.values()))


def filter_of(name: str, *items: FilterItem, index: bool = True) -> Filter:
    return Filter(name, items, (), PLACE, index=index)


def event(name: str, *fields: Field) -> Event:
    return Event(name, ("list",), (LIST_ID, *fields), PLACE)


def story(*filters: Filter, database_schema: str = "shop") -> Schema:
    """Lists of items; `NOTE_TAKEN` belongs to no stream."""
    events = (
        event("ITEM_ADDED", ITEM_ID, PRIORITY, DUE_ON, AMOUNT, URGENT, TAGS),
        event("ITEM_REMOVED", ITEM_ID),
        Event("NOTE_TAKEN", (), (), PLACE),
    )
    state = (field("name"), field("total", Scalar.INT), TAGS)
    return Schema(
        story="shop",
        database_schema=database_schema,
        place=PLACE,
        types={
            "ListId": IdType("ListId", Scalar.STR, PLACE),
            "Priority": EnumType("Priority", ("low", "high"), PLACE),
        },
        streams={"list": Stream("list", LIST_ID, (LIST_ID,), ITEMS, PLACE)},
        events={event.name: event for event in events},
        filters={filter.name: filter for filter in filters},
        projections={
            "list": Projection(
                name="list",
                version=1,
                sources=("list",),
                multi=False,
                key=None,
                state=state,
                events=ITEMS,
                place=PLACE,
                index=("name", "total", "tags"),
            )
        },
    )


FILTERS = (
    filter_of("one_item", item(ITEMS, a=(LIST_ID, Operator.EQ), b=(ITEM_ID, Operator.EQ))),
    filter_of("urgent", item(ADDED, a=(DUE_ON, Operator.LT), b=(PRIORITY, Operator.EQ))),
    filter_of("dear", item(ADDED, a=(AMOUNT, Operator.GTE))),
    filter_of("tagged", item(ADDED, a=(TAGS, Operator.CONTAINS))),
)


def migration_sql(schema: Schema) -> str:
    """The first migration, of a story of which nothing is released."""
    (first,) = migrations_of(schema)
    return printed("migration.sql.jinja", first)
