"""The to-do application, used as its users do."""

from collections.abc import Iterator
from datetime import date

import pytest

from storyline import EventClient, RefusedError
from todo_app import commands, views
from todo_app.projections.todo.list import ListProjection
from todo_app.story.todo import TODO, ItemAdded, ItemId, ListId, ListState, Priority, urgent_items

HOME = ListId("home")
MILK, EGGS, TEA, CAKE = (ItemId(name) for name in ("milk", "eggs", "tea", "cake"))


def item(
    item_id: ItemId,
    title: str,
    *,
    list_id: ListId = HOME,
    priority: Priority = "normal",
    due_on: date | None = None,
) -> ItemAdded:
    return ItemAdded(
        list_id=list_id, item_id=item_id, title=title, priority=priority, due_on=due_on
    )


@pytest.fixture
def client(todo_dsn: str) -> Iterator[EventClient]:
    with EventClient(TODO, todo_dsn) as client:
        commands.create_list(client, HOME, "Home")
        yield client


def test_a_list_is_created_once(client: EventClient) -> None:
    with pytest.raises(RefusedError, match="created once"):
        commands.create_list(client, HOME, "Again")


def test_a_fourth_open_item_is_refused_until_one_is_done(client: EventClient) -> None:
    for name in (MILK, EGGS, TEA):
        commands.add_item(client, item(name, name.title()))
    with pytest.raises(RefusedError, match="three open items"):
        commands.add_item(client, item(CAKE, "Cake"))
    commands.complete_item(client, HOME, MILK)
    commands.add_item(client, item(CAKE, "Cake"))
    assert [item.title for item in list_state(client).incomplete] == ["Eggs", "Tea", "Cake"]


def test_an_item_is_not_added_twice(client: EventClient) -> None:
    commands.add_item(client, item(MILK, "Milk"))
    with pytest.raises(RefusedError, match="already"):
        commands.add_item(client, item(MILK, "Milk again"))


def test_a_tick_is_taken_back_only_if_it_was_made_and_there_is_room(client: EventClient) -> None:
    commands.add_item(client, item(MILK, "Milk"))
    with pytest.raises(RefusedError):
        commands.mark_item_incomplete(client, HOME, MILK)
    commands.complete_item(client, HOME, MILK)
    for name in (EGGS, TEA, CAKE):
        commands.add_item(client, item(name, name.title()))
    with pytest.raises(RefusedError):
        commands.mark_item_incomplete(client, HOME, MILK)
    commands.remove_item(client, HOME, EGGS)
    commands.mark_item_incomplete(client, HOME, MILK)
    state = list_state(client)
    assert [item.item_id for item in state.incomplete] == [TEA, CAKE, MILK]
    assert [item.item_id for item in state.removed] == [EGGS]
    assert state.completed == []


def test_an_item_that_is_not_open_cannot_be_done(client: EventClient) -> None:
    with pytest.raises(RefusedError):
        commands.complete_item(client, HOME, MILK)


def test_the_overview_reads_several_lists(client: EventClient) -> None:
    work = ListId("work")
    commands.create_list(client, work, "Work")
    commands.add_item(client, item(MILK, "Milk"))
    commands.add_item(client, item(TEA, "Tea", list_id=work))
    commands.complete_item(client, work, TEA)
    assert views.overview_page(client, [HOME, work]) == "Home: 1 open\nWork: 0 open"


def test_urgent_items_are_found_on_any_list(client: EventClient) -> None:
    soon, later = date(2026, 12, 1), date(2026, 12, 2)
    commands.add_item(client, item(MILK, "Milk", priority="high", due_on=soon))
    commands.add_item(client, item(EGGS, "Eggs", priority="high", due_on=later))
    commands.add_item(client, item(TEA, "Tea", due_on=soon))
    found = client.get_event_stream(urgent_items(before=later))
    assert [recorded.data.item_id for recorded in found] == [MILK]


def list_state(client: EventClient) -> ListState:
    return ListProjection(client, list_id=HOME).state()
