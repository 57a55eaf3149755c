"""Only who is subscribed can leave."""

from courses_app.facts import Facts, learn
from courses_app.story.courses import UnsubscribeStudentValidatorBase


class UnsubscribeStudentValidator(UnsubscribeStudentValidatorBase):
    async def is_valid(self) -> bool:
        before = await self.reduce_only_db_events(learn, Facts())
        return (self.course_id, self.student_id) in before.subscriptions
