"""A course is defined once."""

from courses_app.facts import Facts, learn
from courses_app.story.courses import DefineCourseValidatorBase


class DefineCourseValidator(DefineCourseValidatorBase):
    async def is_valid(self) -> bool:
        facts = await self.reduce_events(learn, Facts())
        return facts.times_defined == 1
