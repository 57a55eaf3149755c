"""What the TypeScript library promised whose ideas these are, kept here, on its to-do list.

- events: `saveEvent`, `saveEvents`, `getLatestEvent`, `getEventStream` with types, filter and
  `afterId`, `getEventStreams`, `saveEventWithStreamValidation`; the operators of filters
- validators, for one stream and for several: `apply`, `reduceEvents`, `reduceOnlyDbEvents`,
  `refresh`, `isValid`, `save`; at most three incomplete items
- projections, for one stream and for several: `loadExisting`, `getExistingState`, `reduceEvents`,
  `apply`, `refresh`, `asJson`, `save`; `saveProjection`, `forceUpdateProjection`,
  `conditionalUpdateProjection`, `getProjection`, `queryProjections`
- migrations, of tables and of indexes on fields, up and down

Where it did not hold what it promised, the test says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest

from storyline import (
    ConflictError,
    Event,
    EventClient,
    MultiStreamValidator,
    ProjectionError,
    Query,
    Recorded,
    RefusedError,
    SavedProjection,
    gt,
    gte,
    in_,
    lt,
    lte,
    neq,
    nin,
)
from storyline.migrations import migrate_down, migrate_up
from todo_app.open_items import open_items
from todo_app.projections.todo.list import ListProjection
from todo_app.projections.todo.overview import OverviewProjection
from todo_app.story.todo import (
    TODO,
    ItemAdded,
    ItemCompleted,
    ItemId,
    ItemMarkedIncomplete,
    ItemRemoved,
    ListCreated,
    ListEvent,
    ListId,
    ListState,
    list_stream,
)
from todo_app.validators.todo.add_item import AddItemValidator

HOME, WORK = ListId("home"), ListId("work")


def created(list_id: ListId = HOME) -> ListCreated:
    return ListCreated(list_id=list_id, name=list_id.title())


def added(item: str, list_id: ListId = HOME, due_on: date | None = None) -> ItemAdded:
    return ItemAdded(list_id=list_id, item_id=ItemId(item), title=item, due_on=due_on)


def completed(item: str) -> ItemCompleted:
    return ItemCompleted(list_id=HOME, item_id=ItemId(item))


def removed(item: str) -> ItemRemoved:
    return ItemRemoved(list_id=HOME, item_id=ItemId(item))


def data(events: Sequence[Recorded[Any]]) -> list[Event]:
    return [event.data for event in events]


@pytest.fixture
def client(todo_dsn: str) -> Iterator[EventClient]:
    with EventClient(TODO, todo_dsn) as client:
        yield client


def test_events_are_saved_alone_or_together_and_read_in_order(client: EventClient) -> None:
    first = client.save_event(created())
    others = client.save_events([added("milk"), added("ink", WORK), added("tea")])
    stream = client.get_event_stream(list_stream(list_id=HOME))
    assert data(stream) == [created(), added("milk"), added("tea")]
    assert [event.id for event in (first, *others)] == [1, 2, 3, 4]
    assert data(client.get_event_stream(list_stream(list_id=HOME), after_id=2)) == [added("tea")]


def test_the_latest_event_is_read_alone(client: EventClient) -> None:
    assert client.get_latest_event(list_stream(list_id=HOME)) is None
    client.save_events([created(), added("milk"), added("ink", WORK)])
    latest = client.get_latest_event(list_stream(list_id=HOME))
    assert latest is not None
    assert latest.data == added("milk")


def test_several_streams_are_merged_each_event_once(client: EventClient) -> None:
    client.save_events([added("milk"), added("ink", WORK), added("tea")])
    streams = [list_stream(list_id=id) for id in (WORK, HOME, HOME)]
    merged = client.get_event_streams(streams)
    assert data(merged) == [added("milk"), added("ink", WORK), added("tea")]


MONDAY, TUESDAY = date(2026, 6, 1), date(2026, 6, 2)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (ItemAdded.where(item_id=ItemId("milk")), ["milk"]),
        (ItemAdded.where(item_id=in_([ItemId("milk"), ItemId("tea")])), ["milk", "tea"]),
        (ItemAdded.where(item_id=nin([ItemId("milk")])), ["tea", "ink"]),
        (ItemAdded.where(due_on=gt(MONDAY)), ["tea"]),
        (ItemAdded.where(due_on=gte(MONDAY)), ["milk", "tea"]),
        (ItemAdded.where(due_on=lt(TUESDAY)), ["milk"]),
        (ItemAdded.where(due_on=lte(TUESDAY)), ["milk", "tea"]),
        # The ancestor lost what has no such field.
        (ItemAdded.where(due_on=neq(MONDAY)), ["tea", "ink"]),
    ],
)
def test_events_are_found_by_every_operator(
    client: EventClient, query: Query[ItemAdded], found: list[str]
) -> None:
    client.save_events([added("milk", due_on=MONDAY), added("tea", due_on=TUESDAY), added("ink")])
    assert [event.data.item_id for event in client.get_event_stream(query)] == found


def test_an_event_is_saved_only_if_its_streams_are_as_they_were_read(client: EventClient) -> None:
    seen = client.save_event(created()).id
    streams = [list_stream(list_id=HOME)]
    client.save_event_with_stream_validation(added("milk"), streams=streams, latest_event_id=seen)
    for save in (
        lambda: client.save_event_with_stream_validation(
            added("tea"), streams=streams, latest_event_id=seen
        ),
        lambda: client.save_events_with_stream_validation(
            [added("tea"), added("ink")], streams=streams, latest_event_id=seen
        ),
    ):
        with pytest.raises(ConflictError) as caught:
            save()
        assert data(caught.value.events) == [added("milk")]
    assert client.count(list_stream(list_id=HOME)) == 2


def test_a_list_has_at_most_three_incomplete_items(client: EventClient) -> None:
    """The ancestor let a fourth in, as it compared before the event, and raced."""
    for item in ("milk", "tea", "ink"):
        AddItemValidator(client, list_id=HOME).apply(added(item)).save()
    with pytest.raises(RefusedError):
        AddItemValidator(client, list_id=HOME).apply(added("cake")).save()
    client.save_event(completed("milk"))
    AddItemValidator(client, list_id=HOME).apply(added("cake")).save()
    client.save_event(removed("tea"))
    client.save_event(ItemMarkedIncomplete(list_id=HOME, item_id=ItemId("milk")))
    with pytest.raises(RefusedError):
        AddItemValidator(client, list_id=HOME).apply(added("bread")).save()


def test_several_events_are_decided_and_saved_together(client: EventClient) -> None:
    four = [added(item) for item in ("milk", "tea", "ink", "cake")]
    with pytest.raises(RefusedError):
        AddItemValidator(client, list_id=HOME).apply(four).save()
    AddItemValidator(client, list_id=HOME).apply(four[:3]).save()
    assert data(client.get_event_stream(list_stream(list_id=HOME))) == four[:3]


def test_a_validator_folds_what_is_saved_and_what_is_applied(client: EventClient) -> None:
    client.save_event(added("milk"))
    validator = AddItemValidator(client, list_id=HOME).apply(added("tea"))
    nothing = frozenset[ItemId]()
    assert validator.reduce_events(open_items, nothing) == {"milk", "tea"}
    assert validator.reduce_only_db_events(open_items, nothing) == {"milk"}
    assert validator.is_valid()
    assert client.count(list_stream(list_id=HOME)) == 1, "asking saves nothing"


def test_a_validator_sees_what_is_newer_after_a_refresh(client: EventClient) -> None:
    validator = AddItemValidator(client, list_id=HOME).apply(added("tea"))
    assert validator.is_valid()
    client.save_event(added("milk"))
    with pytest.raises(ConflictError):
        validator.save()
    nothing = frozenset[ItemId]()
    assert validator.refresh().reduce_only_db_events(open_items, nothing) == {"milk"}
    validator.save()


def test_what_is_saved_is_not_applied_any_more(client: EventClient) -> None:
    """In the ancestor it was, and a second save saved it twice."""
    validator = AddItemValidator(client, list_id=HOME).apply(added("milk"))
    validator.save()
    assert validator.applied_events == ()
    assert validator.save() == ()
    assert client.count(list_stream(list_id=HOME)) == 1


class MoveItemValidator(MultiStreamValidator[ListEvent, ItemRemoved | ItemAdded]):
    """An item is moved from a list that has it open."""

    def is_valid(self) -> bool:
        there = self.reduce_only_db_events(open_items, frozenset())
        gone = {event.item_id for event in self.applied_events if isinstance(event, ItemRemoved)}
        return gone <= there


def test_a_rule_over_several_streams_conflicts_with_each(client: EventClient) -> None:
    client.save_events([added("milk"), added("ink")])
    both = [list_stream(list_id=HOME), list_stream(list_id=WORK)]
    move: list[ItemRemoved | ItemAdded] = [
        removed("milk"),
        added("milk", WORK),
    ]
    for other in (added("tea"), added("paper", WORK)):
        validator = MoveItemValidator(client, both).apply(move)
        assert validator.is_valid()
        client.save_event(other)
        with pytest.raises(ConflictError):
            validator.save()
    MoveItemValidator(client, both).apply(move).save()
    with pytest.raises(RefusedError):
        MoveItemValidator(client, both).apply(added("bread")).apply(removed("bread")).save()


def test_a_projection_tells_the_state_typed_or_as_json(client: EventClient) -> None:
    client.save_events([created(), added("milk"), added("tea"), completed("milk")])
    projection = ListProjection(client, list_id=HOME)
    assert [item.item_id for item in projection.state().incomplete] == ["tea"]
    told = projection.as_json()
    assert told["name"] == "Home"
    assert told["completed"] == [{"item_id": "milk", "title": "milk", "priority": "normal"}]
    assert projection.reduce_events(open_items, frozenset()) == {"tea"}


def test_a_projection_supposes_applied_events_and_does_not_save_them(client: EventClient) -> None:
    client.save_event(created())
    projection = ListProjection(client, list_id=HOME).apply(added("milk"))
    assert [item.item_id for item in projection.state().incomplete] == ["milk"]
    assert projection.reduce_only_db_events(open_items, frozenset()) == frozenset()
    with pytest.raises(ProjectionError):
        projection.save()


def test_a_saved_state_is_loaded_and_only_newer_events_are_read(client: EventClient) -> None:
    client.save_events([created(), added("milk")])
    assert ListProjection(client, list_id=HOME).save()
    client.save_event(added("tea"))
    projection = ListProjection(client, list_id=HOME, load_existing=True)
    existing = projection.get_existing_state()
    assert existing is not None
    assert [item.item_id for item in existing.incomplete] == ["milk"]
    assert projection.reduce_events(lambda count, _: count + 1, 0) == 1
    assert [item.item_id for item in projection.state().incomplete] == ["milk", "tea"]
    assert ListProjection(client, list_id=HOME).get_existing_state() is None


def test_a_projection_sees_what_is_newer_after_a_refresh(client: EventClient) -> None:
    client.save_event(created())
    projection = ListProjection(client, list_id=HOME)
    assert projection.state().incomplete == []
    client.save_event(added("milk"))
    assert projection.state().incomplete == []
    assert len(projection.refresh().state().incomplete) == 1


def test_a_projection_of_several_streams_folds_them_in_one_order(client: EventClient) -> None:
    client.save_events([created(), created(WORK), added("ink", WORK), added("milk")])
    streams = [list_stream(list_id=HOME), list_stream(list_id=WORK)]
    lists = OverviewProjection(client, streams, owner="me").state().lists
    assert {id: found.open_items for id, found in lists.items()} == {
        "home": ["milk"],
        "work": ["ink"],
    }


def test_a_save_never_replaces_a_newer_state(client: EventClient) -> None:
    """In the ancestor it did."""
    client.save_event(created())
    older = ListProjection(client, list_id=HOME)
    older.state()
    client.save_event(added("milk"))
    assert ListProjection(client, list_id=HOME).save()
    assert not older.save()
    assert saved(client).latest_event_id == 2


def test_a_saved_state_is_replaced_by_force_or_on_condition(client: EventClient) -> None:
    state = ListState(name="x", incomplete=[], completed=[], removed=[])
    assert not client.force_update_projection(SavedProjection("list", HOME, 1, 9, state))
    assert client.save_projection(SavedProjection("list", HOME, 1, 5, state))
    assert not client.conditional_update_projection(saved(client)._replace(latest_event_id=4))
    assert client.conditional_update_projection(saved(client)._replace(latest_event_id=6))
    assert client.force_update_projection(saved(client)._replace(latest_event_id=3))
    assert saved(client).latest_event_id == 3


def test_saved_states_are_queried_by_an_indexed_field(client: EventClient) -> None:
    client.save_events([created(), created(WORK)])
    for list_id in (HOME, WORK):
        ListProjection(client, list_id=list_id).save()
    (found,) = client.query_projections(ListProjection, ListState.where(name="Work"))
    assert (found.id, found.state.name) == (WORK, "Work")


def saved(client: EventClient) -> SavedProjection[ListState]:
    found = client.get_projection("list", HOME, ListState)
    assert found is not None
    return found


def test_tables_and_indexes_of_fields_are_migrated_up_and_down(todo_dsn: str) -> None:
    assert indexes(todo_dsn) == 2
    assert migrate_down(todo_dsn) is not None
    assert indexes(todo_dsn) == 0
    migrate_up(todo_dsn, Path(__file__).resolve().parents[2] / "examples/todo/migrations")
    assert indexes(todo_dsn) == 2


def indexes(dsn: str) -> int:
    with psycopg.connect(dsn) as connection:
        found = connection.execute(
            "select from pg_indexes where schemaname = 'todo'"
            " and indexname similar to '(events_by_list_stream|projections_by_list__name)%'"
        ).fetchall()
    return len(found)
