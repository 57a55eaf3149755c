"""Each command: one event, decided by one validator; after a conflict it is decided again."""

from courses_app.story.courses import (
    CapacityChanged,
    CourseDefined,
    CourseId,
    StudentId,
    StudentSubscribed,
    StudentUnsubscribed,
)
from courses_app.validators.courses.change_capacity import ChangeCapacityValidator
from courses_app.validators.courses.define_course import DefineCourseValidator
from courses_app.validators.courses.subscribe_student import SubscribeStudentValidator
from courses_app.validators.courses.unsubscribe_student import UnsubscribeStudentValidator
from storyline import AsyncEventClient

RETRIES = 20
"""A popular course is decided upon by many at once; each retry costs one round trip."""


async def define_course(
    client: AsyncEventClient, course_id: CourseId, title: str, capacity: int
) -> None:
    defined = CourseDefined(course_id=course_id, title=title, capacity=capacity)
    await DefineCourseValidator(client, course_id=course_id).apply(defined).save(retries=RETRIES)


async def change_capacity(client: AsyncEventClient, course_id: CourseId, capacity: int) -> None:
    changed = CapacityChanged(course_id=course_id, capacity=capacity)
    await ChangeCapacityValidator(client, course_id=course_id).apply(changed).save(retries=RETRIES)


async def subscribe_student(
    client: AsyncEventClient, course_id: CourseId, student_id: StudentId
) -> None:
    subscribed = StudentSubscribed(course_id=course_id, student_id=student_id)
    validator = SubscribeStudentValidator(client, course_id=course_id, student_id=student_id)
    await validator.apply(subscribed).save(retries=RETRIES)


async def unsubscribe_student(
    client: AsyncEventClient, course_id: CourseId, student_id: StudentId
) -> None:
    left = StudentUnsubscribed(course_id=course_id, student_id=student_id)
    validator = UnsubscribeStudentValidator(client, course_id=course_id, student_id=student_id)
    await validator.apply(left).save(retries=RETRIES)
