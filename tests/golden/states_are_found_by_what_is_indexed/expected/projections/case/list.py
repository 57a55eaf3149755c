"""The projection `list`."""

from __future__ import annotations

from storyline import Recorded

from ...story.case import ItemAdded, ListProjectionBase, ListState


class ListProjection(ListProjectionBase):
    def on_item_added(self, state: ListState, event: Recorded[ItemAdded]) -> ListState:
        # TODO: what `ITEM_ADDED` changes: return state.replace(...)
        return state
