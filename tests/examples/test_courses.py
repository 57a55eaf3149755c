"""The course subscriptions, asynchronous: rules over two streams, under contention."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from courses_app import commands
from courses_app.__main__ import opening_day
from courses_app.projections.courses.course import CourseProjection
from courses_app.story.courses import COURSES, CourseId, StudentId, large_courses
from storyline import AsyncEventClient, RefusedError

PHYSICS = CourseId("physics")
ADA = StudentId("ada")


def with_client(dsn: str, story: Callable[[AsyncEventClient], Awaitable[None]]) -> None:
    async def run() -> None:
        async with AsyncEventClient(COURSES, dsn) as client:
            await story(client)

    asyncio.run(run())


def test_a_course_takes_as_many_students_as_it_has_places(courses_dsn: str) -> None:
    async def story(client: AsyncEventClient) -> None:
        await commands.define_course(client, PHYSICS, "Physics", 3)
        students = [StudentId(f"s{number}") for number in range(10)]
        outcomes = await asyncio.gather(
            *(commands.subscribe_student(client, PHYSICS, student) for student in students),
            return_exceptions=True,
        )
        refused = [outcome for outcome in outcomes if isinstance(outcome, RefusedError)]
        state = await CourseProjection(client, course_id=PHYSICS).state()
        assert len(refused) == 7
        assert len(state.students) == 3

    with_client(courses_dsn, story)


def test_a_student_takes_at_most_five_courses_even_all_at_once(courses_dsn: str) -> None:
    async def story(client: AsyncEventClient) -> None:
        courses = [CourseId(f"course-{number}") for number in range(8)]
        for course in courses:
            await commands.define_course(client, course, course.title(), 10)
        outcomes = await asyncio.gather(
            *(commands.subscribe_student(client, course, ADA) for course in courses),
            return_exceptions=True,
        )
        assert outcomes.count(None) == 5
        assert sum(isinstance(outcome, RefusedError) for outcome in outcomes) == 3

    with_client(courses_dsn, story)


def test_the_capacity_never_drops_below_the_students(courses_dsn: str) -> None:
    async def story(client: AsyncEventClient) -> None:
        await commands.define_course(client, PHYSICS, "Physics", 2)
        await commands.subscribe_student(client, PHYSICS, ADA)
        await commands.subscribe_student(client, PHYSICS, StudentId("bob"))
        with pytest.raises(RefusedError, match="capacity never drops"):
            await commands.change_capacity(client, PHYSICS, 1)
        await commands.unsubscribe_student(client, PHYSICS, ADA)
        await commands.change_capacity(client, PHYSICS, 1)
        with pytest.raises(RefusedError, match="full"):
            await commands.subscribe_student(client, PHYSICS, ADA)

    with_client(courses_dsn, story)


def test_large_courses_are_found_by_number(courses_dsn: str) -> None:
    async def story(client: AsyncEventClient) -> None:
        await commands.define_course(client, PHYSICS, "Physics", 9)
        await commands.change_capacity(client, PHYSICS, 100)
        found = await client.get_event_stream(large_courses(places=10))
        assert [recorded.type for recorded in found] == ["CAPACITY_CHANGED"]

    with_client(courses_dsn, story)


def test_opening_day_ends_as_told(courses_dsn: str, capsys: pytest.CaptureFixture[str]) -> None:
    with_client(courses_dsn, opening_day)
    told = capsys.readouterr().out
    assert "Physics: 6 of 6 places taken" in told
    assert "takes 5 courses" in told
    assert "Physics: 6 of 8 places taken" in told
