"""The projection `overview`."""

from __future__ import annotations

from storyline import Recorded

from ...story.case import ItemAdded, ListShown, OverviewProjectionBase, OverviewState


class OverviewProjection(OverviewProjectionBase):
    def on_item_added(
        self, state: OverviewState, event: Recorded[ItemAdded]
    ) -> OverviewState:
        # TODO: what `ITEM_ADDED` changes: return state.replace(...)
        return state

    def on_list_shown(
        self, state: OverviewState, event: Recorded[ListShown]
    ) -> OverviewState:
        # TODO: what `LIST_SHOWN` changes: return state.replace(...)
        return state
