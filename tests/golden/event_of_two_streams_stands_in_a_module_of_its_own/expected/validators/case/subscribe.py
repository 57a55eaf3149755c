"""One rule over both."""

from __future__ import annotations

from ...story.case import SubscribeValidatorBase


class SubscribeValidator(SubscribeValidatorBase):
    def is_valid(self) -> bool:
        # TODO: the rule. `self.reduce_events(...)` folds what was read and applied.
        return True
