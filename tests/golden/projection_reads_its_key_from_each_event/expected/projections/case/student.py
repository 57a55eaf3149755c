"""The projection `student`."""

from __future__ import annotations

from storyline import Recorded

from ...story.case import (
    CourseCancelled,
    CourseGraded,
    StudentJoined,
    StudentProjectionBase,
    StudentState,
)


class StudentProjection(StudentProjectionBase):
    def on_student_joined(
        self, state: StudentState, event: Recorded[StudentJoined]
    ) -> StudentState:
        # TODO: what `STUDENT_JOINED` changes: return state.replace(...)
        return state

    def on_course_cancelled(
        self, state: StudentState, event: Recorded[CourseCancelled]
    ) -> StudentState:
        # TODO: what `COURSE_CANCELLED` changes: return state.replace(...)
        return state

    def on_course_graded(
        self, state: StudentState, event: Recorded[CourseGraded]
    ) -> StudentState:
        # TODO: what `COURSE_GRADED` changes: return state.replace(...)
        return state
