"""One state, as there is no key."""

from __future__ import annotations

from storyline import Recorded

from ...story.case import SchoolProjectionBase, SchoolState, StudentJoined


class SchoolProjection(SchoolProjectionBase):
    def on_student_joined(
        self, state: SchoolState, event: Recorded[StudentJoined]
    ) -> SchoolState:
        # TODO: what `STUDENT_JOINED` changes: return state.replace(...)
        return state
