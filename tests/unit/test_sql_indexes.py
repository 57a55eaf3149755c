"""The declared streams, filters and projections, and the indexes that serve them."""

from sample_story import (
    ADDED,
    AMOUNT,
    DUE_ON,
    FILTERS,
    ITEM_ID,
    ITEMS,
    LIST_ID,
    PRIORITY,
    TAGS,
    URGENT,
    filter_of,
    item,
    story,
)
from storyline_generator.plan.sql.indexes import IndexPlan, index_plans
from storyline_generator.schema import Filter, Operator

EVERYTHING = ("ITEM_ADDED", "ITEM_REMOVED", "NOTE_TAKEN")
LIST_ID_TEXT = """((data->>'list_id') collate "C")"""


def indexes_of(*filters: Filter) -> dict[str, IndexPlan]:
    return {index.serves: index for index in index_plans(story(*filters))}


def index_of(filter: Filter) -> IndexPlan:
    return indexes_of(filter)[f"events_by_{filter.name}"]


def test_a_stream_is_indexed_by_key_and_id_for_the_events_that_have_the_key() -> None:
    index = indexes_of()["events_by_list_stream"]
    assert index.columns == (LIST_ID_TEXT, "id")
    assert index.predicate == "type in ('ITEM_ADDED', 'ITEM_REMOVED')"


def test_equalities_come_before_the_range_and_the_id_is_last() -> None:
    index = index_of(
        filter_of("urgent", item(ADDED, a=(DUE_ON, Operator.LT), b=(PRIORITY, Operator.EQ)))
    )
    assert index.columns == (
        """((data->>'priority') collate "C")""",
        """((data->>'due_on') collate "C")""",
        "id",
    )


def test_only_the_first_range_is_in_an_index_as_no_other_would_be_used() -> None:
    index = index_of(
        filter_of("due", item(ADDED, a=(DUE_ON, Operator.LT), b=(AMOUNT, Operator.GTE)))
    )
    assert index.columns == ("""((data->>'due_on') collate "C")""", "id")


def test_a_number_is_cast_only_where_it_is_one() -> None:
    index = index_of(filter_of("dear", item(ADDED, a=(AMOUNT, Operator.GTE))))
    number = "'^[-+]?[0-9]*[.]?[0-9]+(?:[Ee][-+]?[0-9]{1,4})?$'"
    cast = f"(substring(left(data->>'amount', 5000) from {number})::numeric)"
    assert index.columns == (cast, "id")


def test_a_boolean_is_indexed_as_it_is_stored() -> None:
    index = index_of(filter_of("hot", item(ADDED, a=(URGENT, Operator.EQ))))
    assert index.columns == ("(data->>'urgent')", "id")


def test_a_list_is_looked_into_by_gin() -> None:
    index = index_of(filter_of("tagged", item(ADDED, a=(TAGS, Operator.CONTAINS))))
    assert (index.method, index.columns) == ("gin", ("(data->'tags') jsonb_path_ops",))


def test_a_list_is_not_indexed_where_a_comparison_narrows() -> None:
    tagged_in_list = item(ADDED, a=(TAGS, Operator.CONTAINS), b=(ITEM_ID, Operator.EQ))
    assert index_of(filter_of("tagged", tagged_in_list)).method == "btree"


def test_a_filter_that_no_column_narrows_is_indexed_by_type() -> None:
    index = index_of(filter_of("added", item(ADDED, a=(ITEM_ID, Operator.NEQ))))
    assert (index.columns, index.predicate) == (("id",), "type in ('ITEM_ADDED')")


def test_the_predicate_is_left_out_where_every_event_qualifies() -> None:
    index = index_of(filter_of("any_item", item(EVERYTHING, a=(ITEM_ID, Operator.EQ))))
    assert index.predicate == ""


def test_the_whole_log_needs_no_index_but_its_primary_key() -> None:
    assert indexes_of(filter_of("everything", item(EVERYTHING))).keys() == indexes_of().keys()


def test_each_item_of_a_filter_has_its_own_index() -> None:
    two = filter_of(
        "either", item(ADDED, a=(ITEM_ID, Operator.EQ)), item(ITEMS, a=(ITEM_ID, Operator.EQ))
    )
    assert {"events_by_either__1", "events_by_either__2"} <= indexes_of(two).keys()


def test_a_filter_that_is_not_to_be_indexed_is_not() -> None:
    quiet = filter_of("dear", item(ADDED, a=(AMOUNT, Operator.GTE)), index=False)
    assert indexes_of(quiet).keys() == indexes_of().keys()


def test_a_filter_that_asks_what_a_stream_asks_shares_its_index() -> None:
    same = filter_of("of_list", item(ITEMS, a=(LIST_ID, Operator.EQ)))
    assert indexes_of(same).keys() == indexes_of().keys()


def test_a_projections_field_is_indexed_within_its_type() -> None:
    indexes = indexes_of()
    *first, _, last = indexes["projections_by_list__name"].columns
    assert (*first, last) == ("type", "version", "build", "id")
    assert "::numeric" in indexes["projections_by_list__total"].columns[3]
    assert indexes["projections_by_list__tags"].method == "gin"


def test_names_are_different_where_indexes_are_however_long() -> None:
    parts = [
        ("events_by_" + "x" * 70, "events", "btree", ("id",)),
        ("events_by_" + "x" * 71, "events", "btree", ("id",)),
        ("events_by_either", "events", "btree", ("id",)),
        ("events_by_either", "events", "gin", ("id",)),
        ("events_by_either", "events", "btree", ("id",), "true"),
        ("projections_by_" + "ä" * 40, "projections", "btree", ("id",)),
    ]
    names = [IndexPlan(*part).name for part in parts]  # type: ignore[arg-type]
    assert len(set(names)) == len(parts)
    assert all(len(name.encode()) <= 63 for name in names)
    assert names[2].startswith("events_by_either_")


def test_a_name_does_not_depend_on_what_else_is_declared() -> None:
    alone = {index.content: index.name for index in index_plans(story(FILTERS[2]))}
    together = {index.content: index.name for index in index_plans(story(*FILTERS))}
    assert alone.items() <= together.items()


def test_the_expressions_of_a_partial_index_have_statistics() -> None:
    indexes = indexes_of(filter_of("any_item", item(EVERYTHING, a=(ITEM_ID, Operator.EQ))))
    assert indexes["events_by_list_stream"].statistics == (LIST_ID_TEXT,)
    assert indexes["events_by_any_item"].statistics == ()
