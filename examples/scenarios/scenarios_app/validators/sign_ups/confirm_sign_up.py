"""A token is good for some time, and once."""

from datetime import datetime, timedelta
from typing import assert_never

from scenarios_app.moments import NEVER
from scenarios_app.story.sign_ups import (
    ConfirmSignUpValidatorBase,
    SignUpConfirmed,
    SignUpEvent,
    SignUpStarted,
)
from storyline import Recorded

TIME_TO_CONFIRM = timedelta(hours=1)


class ConfirmSignUpValidator(ConfirmSignUpValidatorBase):
    def is_valid(self) -> bool:
        (confirmed,) = self.applied_events
        return confirmed.at <= self.reduce_only_db_events(good_until, NEVER)


def good_until(_: datetime, event: Recorded[SignUpEvent]) -> datetime:
    match event.data:
        case SignUpStarted(at=started):
            return started + TIME_TO_CONFIRM
        case SignUpConfirmed():
            return NEVER
        case _:
            assert_never(event.data)
