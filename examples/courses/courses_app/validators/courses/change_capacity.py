"""The capacity never drops below the number of subscribed students."""

from courses_app.facts import Facts, learn
from courses_app.story.courses import ChangeCapacityValidatorBase


class ChangeCapacityValidator(ChangeCapacityValidatorBase):
    async def is_valid(self) -> bool:
        facts = await self.reduce_events(learn, Facts())
        return facts.times_defined > 0 and facts.students_of(self.course_id) <= facts.capacity
