"""The titles of the courses that one student takes, read from two kinds of stream."""

from courses_app.story.courses import (
    CourseDefined,
    ProgrammeProjectionBase,
    ProgrammeState,
    StudentSubscribed,
    StudentUnsubscribed,
)
from storyline import Recorded


class ProgrammeProjection(ProgrammeProjectionBase):
    def on_course_defined(
        self, state: ProgrammeState, event: Recorded[CourseDefined]
    ) -> ProgrammeState:
        return state.replace(titles={**state.titles, event.data.course_id: event.data.title})

    def on_student_subscribed(
        self, state: ProgrammeState, event: Recorded[StudentSubscribed]
    ) -> ProgrammeState:
        if event.data.student_id != state.reader:
            return state
        return state.replace(courses=[*state.courses, event.data.course_id])

    def on_student_unsubscribed(
        self, state: ProgrammeState, event: Recorded[StudentUnsubscribed]
    ) -> ProgrammeState:
        if event.data.student_id != state.reader:
            return state
        left = event.data.course_id
        return state.replace(courses=[course for course in state.courses if course != left])
