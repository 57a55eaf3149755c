"""A rule over two streams: what is true of the course and of the student must hold together."""

from courses_app.facts import MOST_COURSES_PER_STUDENT, Facts, learn
from courses_app.story.courses import SubscribeStudentValidatorBase
from storyline import RefusedError


class SubscribeStudentValidator(SubscribeStudentValidatorBase):
    async def is_valid(self) -> bool:
        before = await self.reduce_only_db_events(learn, Facts())
        if not before.times_defined:
            raise RefusedError(f"Course `{self.course_id}` is not defined.")
        if (self.course_id, self.student_id) in before.subscriptions:
            raise RefusedError(f"`{self.student_id}` takes `{self.course_id}` already.")
        if before.students_of(self.course_id) >= before.capacity:
            raise RefusedError(f"Course `{self.course_id}` is full.")
        if before.courses_of(self.student_id) >= MOST_COURSES_PER_STUDENT:
            raise RefusedError(f"`{self.student_id}` takes {MOST_COURSES_PER_STUDENT} courses.")
        return True
