"""The projection `graduate`."""

from __future__ import annotations

from storyline import Recorded

from ...story.case import CourseGraded, GraduateProjectionBase, GraduateState


class GraduateProjection(GraduateProjectionBase):
    def on_course_graded(
        self, state: GraduateState, event: Recorded[CourseGraded]
    ) -> GraduateState:
        # TODO: what `COURSE_GRADED` changes: return state.replace(...)
        return state
