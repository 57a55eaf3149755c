"""The validator `add_item`."""

from __future__ import annotations

from ...story.case import AddItemValidatorBase


class AddItemValidator(AddItemValidatorBase):
    async def is_valid(self) -> bool:
        # TODO: the rule. `await self.reduce_events(...)` folds what was read and applied.
        return True
