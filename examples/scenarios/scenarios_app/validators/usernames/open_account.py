"""A name belongs to one account at a time, and to none for a while between two."""

from scenarios_app.names import Names, learn
from scenarios_app.story.usernames import OpenAccountValidatorBase


class OpenAccountValidator(OpenAccountValidatorBase):
    def is_valid(self) -> bool:
        (opened,) = self.applied_events
        return self.reduce_only_db_events(learn, Names()).is_free(opened.username, opened.at)
