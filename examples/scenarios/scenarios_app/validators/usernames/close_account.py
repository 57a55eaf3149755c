"""Nobody gives up what is somebody else's."""

from scenarios_app.names import Names, learn
from scenarios_app.story.usernames import CloseAccountValidatorBase


class CloseAccountValidator(CloseAccountValidatorBase):
    def is_valid(self) -> bool:
        (closed,) = self.applied_events
        names = self.reduce_only_db_events(learn, Names())
        return names.is_of(closed.account_id, closed.username)
