"""Where the classes of events stand."""

from __future__ import annotations

from storyline_generator.plan.layout import Layout
from storyline_generator.plan.scope import Story

from .story_texts import resolved


def test_the_order_in_which_an_event_names_its_streams_does_not_matter() -> None:
    story = resolved(
        """
        story = "school"
        streams.course = { key = "course_id", fields.course_id = "str" }
        streams.student = { key = "student_id", fields.student_id = "str" }
        events.JOINED = { stream = ["student", "course"] }
        events.LEFT = { stream = ["course", "student"] }
        """
    )
    modules = Story(story, Layout("app/story", "migrations", "sync")).event_modules
    assert set(modules.values()) == {"events.course_and_student"}
