"""How much is open on each of several lists."""

from storyline import Recorded
from todo_app.story.todo import (
    ItemAdded,
    ItemCompleted,
    ItemId,
    ItemMarkedIncomplete,
    ItemRemoved,
    ListCreated,
    ListId,
    ListSummary,
    OverviewProjectionBase,
    OverviewState,
)


class OverviewProjection(OverviewProjectionBase):
    def on_list_created(self, state: OverviewState, event: Recorded[ListCreated]) -> OverviewState:
        created = event.data
        return with_list(state, created.list_id, created.name, open_items(state, created.list_id))

    def on_item_added(self, state: OverviewState, event: Recorded[ItemAdded]) -> OverviewState:
        return opened(state, event.data.list_id, event.data.item_id)

    def on_item_completed(
        self, state: OverviewState, event: Recorded[ItemCompleted]
    ) -> OverviewState:
        return closed(state, event.data.list_id, event.data.item_id)

    def on_item_marked_incomplete(
        self, state: OverviewState, event: Recorded[ItemMarkedIncomplete]
    ) -> OverviewState:
        return opened(state, event.data.list_id, event.data.item_id)

    def on_item_removed(self, state: OverviewState, event: Recorded[ItemRemoved]) -> OverviewState:
        return closed(state, event.data.list_id, event.data.item_id)


def opened(state: OverviewState, list_id: ListId, item_id: ItemId) -> OverviewState:
    still_open = [*open_items(state, list_id), item_id]
    return with_list(state, list_id, name_of(state, list_id), still_open)


def closed(state: OverviewState, list_id: ListId, item_id: ItemId) -> OverviewState:
    still_open = [item for item in open_items(state, list_id) if item != item_id]
    return with_list(state, list_id, name_of(state, list_id), still_open)


def open_items(state: OverviewState, list_id: ListId) -> list[ItemId]:
    return state.lists[list_id].open_items if list_id in state.lists else []


def name_of(state: OverviewState, list_id: ListId) -> str:
    return state.lists[list_id].name if list_id in state.lists else ""


def with_list(
    state: OverviewState, list_id: ListId, name: str, open_items: list[ItemId]
) -> OverviewState:
    summary = ListSummary(list_id=list_id, name=name, open_items=open_items)
    return state.replace(lists={**state.lists, list_id: summary})
