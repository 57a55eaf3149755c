"""One event gives a name up and takes another, so both must be true at the same moment."""

from scenarios_app.names import Names, learn
from scenarios_app.story.usernames import ChangeUsernameValidatorBase


class ChangeUsernameValidator(ChangeUsernameValidatorBase):
    def is_valid(self) -> bool:
        (changed,) = self.applied_events
        names = self.reduce_only_db_events(learn, Names())
        return names.is_of(changed.account_id, changed.old_username) and names.is_free(
            changed.new_username, changed.at
        )
