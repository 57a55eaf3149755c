"""A course with its free places."""

from courses_app.story.courses import (
    CapacityChanged,
    CourseDefined,
    CourseProjectionBase,
    CourseState,
    StudentSubscribed,
    StudentUnsubscribed,
)
from storyline import Recorded


class CourseProjection(CourseProjectionBase):
    def on_course_defined(self, state: CourseState, event: Recorded[CourseDefined]) -> CourseState:
        return state.replace(title=event.data.title, capacity=event.data.capacity)

    def on_capacity_changed(
        self, state: CourseState, event: Recorded[CapacityChanged]
    ) -> CourseState:
        return state.replace(capacity=event.data.capacity)

    def on_student_subscribed(
        self, state: CourseState, event: Recorded[StudentSubscribed]
    ) -> CourseState:
        return state.replace(students=[*state.students, event.data.student_id])

    def on_student_unsubscribed(
        self, state: CourseState, event: Recorded[StudentUnsubscribed]
    ) -> CourseState:
        left = event.data.student_id
        return state.replace(students=[student for student in state.students if student != left])
