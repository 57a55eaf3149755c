# Made by runtime/make_sync.py; edit runtime/storyline/testing/contract/_async/states.py
"""States: folded from the log, saved, and read back."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import pytest

from storyline import (
    KEEP,
    EventClient,
    Keep,
    ListOf,
    MultiStreamProjection,
    Number,
    OutOfRangeError,
    ProjectionError,
    Recorded,
    SavedProjection,
    SingleStreamProjection,
    State,
    StateOrder,
    StateQuery,
    Text,
    UnwritableError,
    gte,
)
from storyline.fields import Scalar
from storyline.testing.contract.story import (
    EGGS,
    HOME,
    MILK,
    TEA,
    WORK,
    ItemAdded,
    ItemCompleted,
    ItemId,
    ListCreated,
    ListEvent,
    ListId,
    added,
    completed,
    list_stream,
)
from storyline.testing.contract.suite import Suite


class ListState(State, frozen=True):
    name: str = ""
    open: list[ItemId] = []
    done: int = 0

    def replace(
        self,
        *,
        name: str | Keep = KEEP,
        open: list[ItemId] | Keep = KEEP,
        done: int | Keep = KEEP,
    ) -> "ListState":
        return self._replaced(name=name, open=open, done=done)


class Folding:
    def initial_state(self) -> ListState:
        return ListState()

    def on_created(self, state: ListState, event: Recorded[ListCreated]) -> ListState:
        return state.replace(name=event.data.name)

    def on_added(self, state: ListState, event: Recorded[ItemAdded]) -> ListState:
        return state.replace(open=[*state.open, event.data.item_id])

    def on_completed(self, state: ListState, event: Recorded[ItemCompleted]) -> ListState:
        rest = [item for item in state.open if item != event.data.item_id]
        return state.replace(open=rest, done=state.done + 1)


HANDLERS = {
    "LIST_CREATED": "on_created",
    "ITEM_ADDED": "on_added",
    "ITEM_COMPLETED": "on_completed",
}


class ListProjection(Folding, SingleStreamProjection[ListState, ListEvent]):
    projection_type: ClassVar[str] = "list"
    state_class: ClassVar[type[State]] = ListState
    handlers: ClassVar[Mapping[str, str]] = HANDLERS

    def __init__(
        self, client: EventClient, *, list_id: ListId, load_existing: bool = False
    ) -> None:
        stream = list_stream(list_id=list_id)
        super().__init__(client, stream, id=list_id, load_existing=load_existing)


class NamedState(State, frozen=True):
    name: str | None = None
    done: int = 0


class NamedProjection(SingleStreamProjection[NamedState, ListEvent]):
    projection_type: ClassVar[str] = "named"
    state_class: ClassVar[type[State]] = NamedState
    handlers: ClassVar[Mapping[str, str]] = {}

    def initial_state(self) -> NamedState:
        return NamedState()


class SecondVersion(ListProjection):
    version: ClassVar[int] = 2


class InPlace(ListProjection):
    """Changes what it was given, as no fold should."""

    def on_added(self, state: ListState, event: Recorded[ItemAdded]) -> ListState:
        state.open.append(event.data.item_id)
        return state


class OnlyAdded(ListProjection):
    handlers: ClassVar[Mapping[str, str]] = {"ITEM_ADDED": "on_added"}


class Overview(Folding, MultiStreamProjection[ListState, ListEvent]):
    projection_type: ClassVar[str] = "overview"
    state_class: ClassVar[type[State]] = ListState
    handlers: ClassVar[Mapping[str, str]] = HANDLERS


def ids(before: list[int], event: Recorded[ListEvent]) -> list[int]:
    return [*before, event.id]


def saved(
    latest_event_id: int, name: str, *, version: int = 1, id: str = "home"
) -> SavedProjection[ListState]:
    return SavedProjection("list", id, version, latest_event_id, ListState(name=name))


def saved_name(client: EventClient, *, version: int = 1) -> str | None:
    found = client.get_projection("list", HOME, ListState, version=version)
    return found.state.name if found else None


def sorted_ids(
    states: Sequence[SavedProjection["NamedState"]], order: StateOrder["NamedState"]
) -> list[str]:
    """In Python: what is absent is the greatest."""

    def place(saved: SavedProjection[NamedState]) -> tuple[bool, Any, str]:
        value = order.place(saved.state)
        return value is None, 0 if value is None else value, saved.id

    return [each.id for each in sorted(states, key=place, reverse=order.descending)]


class States(Suite):
    """States: folded from the log, saved, and read back."""

    def test_a_state_is_folded_from_its_stream(self, client: EventClient) -> None:
        client.save_events(
            [ListCreated(list_id=HOME, name="Home"), added(MILK), added(TEA, WORK), added(EGGS)]
        )
        client.save_event(completed(MILK))
        projection = ListProjection(client, list_id=HOME)
        assert projection.state() == ListState(name="Home", open=[EGGS], done=1)
        assert projection.as_json() == {"name": "Home", "open": ["eggs"], "done": 1}

    def test_without_events_there_is_the_initial_state(self, client: EventClient) -> None:
        assert ListProjection(client, list_id=HOME).state() == ListState()

    def test_applied_events_are_folded_last(self, client: EventClient) -> None:
        client.save_event(added(MILK))
        projection = ListProjection(client, list_id=HOME).apply([added(EGGS), completed(MILK)])
        assert projection.state() == ListState(open=[EGGS], done=1)
        assert projection.reduce_events(ids, []) == [1, 2, 3]
        assert projection.reduce_only_db_events(ids, []) == [1]

    def test_several_streams_are_folded_in_the_order_of_the_log(self, client: EventClient) -> None:
        client.save_events([added(TEA, WORK), added(MILK), completed(TEA, WORK), added(EGGS)])
        streams = [list_stream(list_id=HOME), list_stream(list_id=WORK), list_stream(list_id=HOME)]
        projection = Overview(client, streams, id="me")
        assert projection.state() == ListState(open=[MILK, EGGS], done=1)
        assert projection.reduce_events(ids, []) == [1, 2, 3, 4]

    def test_events_without_a_handler_are_not_even_read(self, client: EventClient) -> None:
        client.save_events([ListCreated(list_id=HOME, name="Home"), added(MILK)])
        projection = OnlyAdded(client, list_id=HOME).apply(completed(MILK))
        assert projection.reduce_only_db_events(ids, []) == [2]
        assert projection.state() == ListState(open=[MILK])

    def test_a_saved_state_is_where_reading_goes_on(self, client: EventClient) -> None:
        client.save_event(added(MILK))
        assert ListProjection(client, list_id=HOME).save()
        client.save_event(added(EGGS))
        projection = ListProjection(client, list_id=HOME, load_existing=True)
        assert projection.get_existing_state() == ListState(open=[MILK])
        assert projection.reduce_events(ids, []) == [2]
        assert projection.state() == ListState(open=[MILK, EGGS])
        assert projection.save()
        found = client.get_projection("list", HOME, ListState)
        assert found == ("list", "home", 1, 2, ListState(open=[MILK, EGGS]))

    def test_a_saved_state_is_loaded_only_on_demand(self, client: EventClient) -> None:
        client.save_event(added(MILK))
        ListProjection(client, list_id=HOME).save()
        projection = ListProjection(client, list_id=HOME)
        assert projection.get_existing_state() is None
        assert projection.reduce_events(ids, []) == [1]

    def test_a_state_of_another_version_is_not_read(self, client: EventClient) -> None:
        client.save_event(added(MILK))
        ListProjection(client, list_id=HOME).save()
        projection = SecondVersion(client, list_id=HOME, load_existing=True)
        assert projection.get_existing_state() is None
        assert projection.reduce_events(ids, []) == [1]
        assert projection.save()
        assert saved_name(client) == saved_name(client, version=2) == ""

    def test_a_state_with_applied_events_is_not_saved(self, client: EventClient) -> None:
        client.save_event(added(MILK))
        with pytest.raises(ProjectionError) as caught:
            ListProjection(client, list_id=HOME).apply(added(EGGS)).save()
        assert (caught.value.projection_type, caught.value.id, caught.value.applied) == (
            "list",
            "home",
            1,
        )
        assert client.get_projection("list", HOME, ListState) is None

    def test_a_state_without_events_is_not_saved(self, client: EventClient) -> None:
        with pytest.raises(ProjectionError, match="no events"):
            ListProjection(client, list_id=HOME).save()

    def test_an_older_fold_does_not_replace_a_newer_one(self, client: EventClient) -> None:
        client.save_event(added(MILK))
        slow = ListProjection(client, list_id=HOME)
        slow.state()
        client.save_event(added(EGGS))
        assert ListProjection(client, list_id=HOME).save()
        assert not slow.save()
        assert (slow.refresh()).save()
        assert slow.state() == ListState(open=[MILK, EGGS])

    def test_refreshing_loads_the_saved_state_again(self, client: EventClient) -> None:
        client.save_event(added(MILK))
        projection = ListProjection(client, list_id=HOME, load_existing=True)
        assert projection.get_existing_state() is None
        ListProjection(client, list_id=HOME).save()
        assert projection.get_existing_state() is None
        assert (projection.refresh()).get_existing_state() == ListState(open=[MILK])
        assert projection.reduce_events(ids, []) == []
        assert projection.save()

    def test_a_fold_that_changes_a_saved_state_in_place_counts_each_event_once(
        self, client: EventClient
    ) -> None:
        client.save_event(added(MILK))
        InPlace(client, list_id=HOME).save()
        client.save_event(added(EGGS))
        projection = InPlace(client, list_id=HOME, load_existing=True)
        for _ in range(2):
            assert projection.state() == ListState(open=[MILK, EGGS])
        projection.save()
        assert ListProjection(client, list_id=HOME, load_existing=True).state() == (
            ListState(open=[MILK, EGGS])
        )

    def test_saving_never_replaces_a_newer_state(self, client: EventClient) -> None:
        assert client.save_projection(saved(5, "five"))
        assert not client.save_projection(saved(4, "four"))
        assert client.save_projection(saved(5, "five again"))
        assert client.save_projection(saved(3, "three", version=2))
        assert saved_name(client, version=2) == "three"
        assert saved_name(client) == "five again"

    def test_a_forced_update_replaces_even_a_newer_state(self, client: EventClient) -> None:
        assert not client.force_update_projection(saved(1, "one"))
        client.save_projection(saved(5, "five"))
        assert client.force_update_projection(saved(4, "four"))
        assert saved_name(client) == "four"

    def test_a_conditional_update_replaces_only_an_older_state(self, client: EventClient) -> None:
        assert not client.conditional_update_projection(saved(1, "one"))
        client.save_projection(saved(5, "five"))
        assert not client.conditional_update_projection(saved(4, "four"))
        assert not client.conditional_update_projection(saved(5, "again"))
        assert client.conditional_update_projection(saved(6, "six"))
        assert saved_name(client) == "six"

    def test_saved_states_are_found_by_what_they_hold(self, client: EventClient) -> None:
        for number, name in enumerate(["Home", "Work", "100% Home"]):
            state = ListState(name=name, done=number)
            client.save_projection(SavedProjection("list", f"l{number}", 1, 7, state))
        client.save_projection(SavedProjection("other", "l9", 1, 7, ListState(name="Home")))
        found = client.query_projections(ListProjection)
        assert [each.id for each in found] == ["l0", "l1", "l2"]
        either = StateQuery[ListState](Text("name").in_(["Home", "100% Home"]))
        assert client.count_projections(ListProjection, either) == 2
        by_name = client.query_projections(ListProjection, either, limit=1)
        assert [each.state.name for each in by_name] == ["Home"]
        for condition in (ListOf(Text("open")).contains(MILK), Text("name").eq("Cellar")):
            query = StateQuery[ListState](condition)
            assert client.query_projections(ListProjection, query) == ()
            assert client.count_projections(ListProjection, query) == 0
        client.save_projection(SavedProjection("list", "l7", 1, 7, ListState(open=[MILK, TEA])))
        with_milk = (
            ListOf(Text("open")).contains(MILK),
            Number("done").lt(1),
            Text("done").exists(True),
        )
        (found_one,) = client.query_projections(ListProjection, StateQuery(*with_milk))
        assert (found_one.id, found_one.state.open) == ("l7", [MILK, TEA])
        done = StateQuery[ListState](*Number("done").matching(gte(1)))
        many = client.query_projections(ListProjection, done)
        assert [each.id for each in many] == ["l1", "l2"]

    def test_states_of_another_version_are_never_found(self, client: EventClient) -> None:
        client.save_projection(SavedProjection("list", "old", 1, 7, ListState(name="Home")))
        client.save_projection(SavedProjection("list", "new", 2, 7, ListState(name="Home")))
        home = StateQuery[ListState](Text("name").eq("Home"))
        for projection, id in ((ListProjection, "old"), (SecondVersion, "new")):
            (found,) = client.query_projections(projection, home)
            assert found.id == id
            assert client.count_projections(projection, home) == 1

    @pytest.mark.parametrize("descending", [False, True])
    @pytest.mark.parametrize("field", [None, Text("name"), Number("done")])
    def test_pages_follow_each_other_without_a_gap(
        self, client: EventClient, field: Scalar | None, descending: bool
    ) -> None:
        for number in range(12):
            name = None if number % 4 == 0 else f"name {number % 3}"
            state = NamedState(name=name, done=number % 2)
            client.save_projection(SavedProjection("named", f"{number:02}", 1, 7, state))
        order = StateOrder[NamedState](field, descending)
        whole = client.query_projections(NamedProjection, order_by=order)
        assert [each.id for each in whole] == sorted_ids(whole, order)
        for limit in (1, 3, 5):
            pages, after = list[SavedProjection[NamedState]](), None
            while page := client.query_projections(
                NamedProjection, order_by=order, limit=limit, after=after
            ):
                after = page[-1]
                pages += page
            assert pages == list(whole)

    @pytest.mark.parametrize("number", [0, -1, 2**63])
    def test_a_page_that_holds_no_state_is_refused(self, client: EventClient, number: int) -> None:
        with pytest.raises(OutOfRangeError, match="limit"):
            client.query_projections(NamedProjection, limit=number)

    @pytest.mark.parametrize("id", ["\0", "a\0b", "\ud800", "\udfffx"])
    def test_a_text_that_no_state_can_have_as_its_id_is_refused(
        self, client: EventClient, id: str
    ) -> None:
        saved = SavedProjection("named", id, 1, 1, NamedState(name="x"))
        with pytest.raises(UnwritableError, match="`id` cannot be stored: it holds a NUL"):
            client.get_projection("named", id, NamedState)
        with pytest.raises(UnwritableError, match="`id`"):
            client.save_projection(saved)
        with pytest.raises(UnwritableError, match="`after`"):
            client.query_projections(NamedProjection, after=saved)
        with pytest.raises(UnwritableError, match="`id`"):
            NamedProjection(client, list_stream(list_id=HOME), id=id)

    def test_a_page_goes_on_where_it_ended_whatever_was_saved_since(
        self,
        client: EventClient,
    ) -> None:
        for id, name in (("1", "a"), ("2", "c"), ("3", "e")):
            client.save_projection(SavedProjection("named", id, 1, 7, NamedState(name=name)))
        order = StateOrder[NamedState](Text("name"))
        first, second = client.query_projections(NamedProjection, order_by=order, limit=2)
        for id, name in (("4", "b"), ("5", "d")):
            client.save_projection(SavedProjection("named", id, 1, 7, NamedState(name=name)))
        rest = client.query_projections(NamedProjection, order_by=order, after=second)
        assert [first.id, second.id] == ["1", "2"]
        assert [each.id for each in rest] == ["5", "3"]
