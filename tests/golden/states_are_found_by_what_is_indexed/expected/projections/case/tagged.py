"""The projection `tagged`."""

from __future__ import annotations

from storyline import Recorded

from ...story.case import ItemAdded, TaggedProjectionBase, TaggedState


class TaggedProjection(TaggedProjectionBase):
    def on_item_added(
        self, state: TaggedState, event: Recorded[ItemAdded]
    ) -> TaggedState:
        # TODO: what `ITEM_ADDED` changes: return state.replace(...)
        return state
