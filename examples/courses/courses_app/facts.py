"""What the rules of this application know about a course and about a student: small folds."""

from dataclasses import dataclass, replace
from typing import assert_never

from courses_app.story.courses import (
    CapacityChanged,
    CourseDefined,
    CourseEvent,
    CourseId,
    StudentEvent,
    StudentId,
    StudentSubscribed,
    StudentUnsubscribed,
)
from storyline import Recorded

MOST_COURSES_PER_STUDENT = 5


@dataclass(frozen=True)
class Facts:
    """Everything that a decision about one course and one student depends on."""

    times_defined: int = 0
    capacity: int = 0
    subscriptions: frozenset[tuple[CourseId, StudentId]] = frozenset()

    def students_of(self, course_id: CourseId) -> int:
        return sum(course == course_id for course, _ in self.subscriptions)

    def courses_of(self, student_id: StudentId) -> int:
        return sum(student == student_id for _, student in self.subscriptions)


def learn(facts: Facts, event: Recorded[CourseEvent | StudentEvent]) -> Facts:
    match event.data:
        case CourseDefined(capacity=capacity):
            return replace(facts, times_defined=facts.times_defined + 1, capacity=capacity)
        case CapacityChanged(capacity=capacity):
            return replace(facts, capacity=capacity)
        case StudentSubscribed(course_id=course, student_id=student):
            return replace(facts, subscriptions=facts.subscriptions | {(course, student)})
        case StudentUnsubscribed(course_id=course, student_id=student):
            return replace(facts, subscriptions=facts.subscriptions - {(course, student)})
        case _:
            assert_never(event.data)
