"""The text of SQL: it must be spelled as the indexes are, and quote what is not ours."""

from datetime import UTC, datetime

from psycopg import sql

from storyline import Boolean, DecimalNumber, Event, ListOf, Number, Query, QueryItem, Story, Text
from storyline.expressions import Shape, item_predicate, parameters
from storyline.folds import Seen
from storyline.jsonpaths import append_condition
from storyline.questions import Slice, batch
from storyline.statements import event_stream, history

STORY = Story("odd", 'we"ird', "odd", {})


def text(composable: sql.Composable) -> str:
    return composable.as_string(None)


def predicate(item: QueryItem) -> tuple[str, tuple[object, ...]]:
    return text(item_predicate(Shape.of(item))), parameters(item.conditions)


def test_expressions_are_spelled_as_in_the_indexes() -> None:
    item = QueryItem(["B", "A"], Text("k").eq("x"), Number("n").gt(1.5), Boolean("f").eq(True))
    assert predicate(item) == (
        "type in ('A', 'B') and ((data->>'k') collate \"C\") = %s"
        " and (substring(left(data->>'n', 5000)"
        " from '^[-+]?[0-9]*[.]?[0-9]+(?:[Ee][-+]?[0-9]{1,4})?$')::numeric) > %s"
        " and (data->>'f') = %s",
        ("x", Number("n").encode(1.5), "true"),
    )


def test_lists_are_searched_as_json() -> None:
    assert predicate(QueryItem(["A"], ListOf(Text("k")).contains('"'))) == (
        "type in ('A') and (data->'k') @> %s::jsonb",
        ('["\\""]',),
    )


def test_names_and_types_are_quoted() -> None:
    item = QueryItem(["'; drop"], Text("100% 'sure'").exists(True))
    expected = "type in ('''; drop') and (data->>'100%% ''sure''') is not null"
    assert predicate(item) == (expected, ())
    statement = event_stream(STORY, Query[Event](item), Slice())
    assert 'from "we""ird"."events"' in text(statement.text)


def test_several_items_are_read_each_in_its_own_order() -> None:
    query = Query[Event](QueryItem(["A"]), QueryItem(["B"], Text("k").eq("x")))
    statement = event_stream(STORY, query, Slice(Seen(3), limit=2, latest_first=True))
    assert text(statement.text).count("order by id desc limit 2") == 3
    assert text(statement.text).startswith("select distinct on (id) * from (")
    assert statement.parameters == (3, "x", 3)


def test_no_items_find_nothing() -> None:
    assert "where false" in text(event_stream(STORY, Query[Event](), Slice()).text)


def test_the_head_comes_last_in_a_history() -> None:
    statement = history(STORY, Query[Event](QueryItem(["A"])), Seen(5))
    assert "select last_id + 1" in text(statement.text)
    assert statement.parameters == (5,)


def test_the_event_after_which_is_read_comes_along_if_its_moment_is_known() -> None:
    seen = Seen(5, datetime(2026, 1, 1, tzinfo=UTC))
    statement = event_stream(STORY, Query[Event](QueryItem(["A"])), Slice(seen, limit=2))
    assert text(statement.text).endswith("where id = %s and created_at = %s order by id")
    assert statement.parameters == (5, *seen)


def test_a_condition_is_types_and_a_path_as_prefilter() -> None:
    query = Query[Event](
        QueryItem(
            ["A"], Text('k"').in_(["x"]), DecimalNumber("d").gt(2), Number("n").exists(False)
        ),
        QueryItem(["B"]),
    )
    assert append_condition(query) == (
        "A\nB",
        '(($type == "A") && ($."k\\"" == $v0[*]) && ($."d" > $v1) && (!($."n".type() != "null")))'
        ' || (($type == "B"))',
        '{"v0": ["x"], "v1": 2, "v2": false, "type": null}',
    )


def test_a_condition_on_one_set_of_types_does_not_ask_for_them_again() -> None:
    types = ("A", "B")
    query = Query[Event](QueryItem(types, Text("k").eq("x")), QueryItem(types, Text("l").eq("y")))
    assert append_condition(query) == (
        "A\nB",
        '(($."k" == $v0)) || (($."l" == $v1))',
        '{"v0": "x", "v1": "y"}',
    )
    assert append_condition(Query[Event](QueryItem(types))) == ("A\nB", None, "{}")


class Named(Event, frozen=True):
    __type__ = 'N"'
    __version__ = 2

    name: str


def test_a_batch_has_a_line_for_each_event() -> None:
    assert batch([Named(name="é"), Named(name="\n")], {"by": "é"}) == (
        'N"\nN"',
        "2\n2",
        '{"name":"é"}\n{"name":"\\n"}',
        '{"by": "é"}',
    )
