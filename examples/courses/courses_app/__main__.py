"""`python -m courses_app`: opening day. Twelve students want the same six places at once."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Sequence

from courses_app import commands
from courses_app.projections.courses.course import CourseProjection
from courses_app.projections.courses.programme import ProgrammeProjection
from courses_app.story.courses import (
    COURSES,
    CourseId,
    StudentId,
    StudentSubscribed,
    course_stream,
    student_stream,
)
from storyline import AsyncEventClient, RefusedError, StorylineError

PROGRAMME = {"physics": 6, "music": 30, "history": 30, "chess": 30, "latin": 30, "drawing": 30}
STUDENTS = [StudentId(f"student-{number}") for number in range(1, 13)]


async def opening_day(client: AsyncEventClient) -> None:
    for name, capacity in PROGRAMME.items():
        await told(commands.define_course(client, CourseId(name), name.title(), capacity))

    print("\nEverybody wants physics:")
    await asyncio.gather(
        *(told(commands.subscribe_student(client, CourseId("physics"), s)) for s in STUDENTS)
    )
    print(await course_line(client, CourseId("physics")))

    eager = (await students_of(client, CourseId("physics")))[0]
    print(f"\n{eager} wants everything:")
    for name in list(PROGRAMME)[1:]:
        await told(commands.subscribe_student(client, CourseId(name), eager))
    print(await programme_line(client, eager))

    print("\nThe room for physics is to become smaller, then larger:")
    await told(commands.change_capacity(client, CourseId("physics"), 3))
    await told(commands.change_capacity(client, CourseId("physics"), 8))
    print(await course_line(client, CourseId("physics")))


async def told(command: Awaitable[None]) -> None:
    """Runs a command; a refusal is an answer, not an accident."""
    try:
        await command
    except RefusedError as refused:
        print(f"  refused: {refused}")


async def students_of(client: AsyncEventClient, course_id: CourseId) -> Sequence[StudentId]:
    state = await CourseProjection(client, course_id=course_id).state()
    return state.students


async def course_line(client: AsyncEventClient, course_id: CourseId) -> str:
    state = await CourseProjection(client, course_id=course_id).state()
    return f"  {state.title}: {len(state.students)} of {state.capacity} places taken"


async def programme_line(client: AsyncEventClient, student_id: StudentId) -> str:
    """The student's own stream says which courses; each course's stream says its title."""
    own = student_stream(student_id=student_id).only("STUDENT_SUBSCRIBED")
    taken = await client.get_event_stream(own)
    courses = {r.data.course_id for r in taken if isinstance(r.data, StudentSubscribed)}
    theirs = (course_stream(course_id=course) for course in courses)
    streams = [student_stream(student_id=student_id), *theirs]
    projection = ProgrammeProjection(client, reader=student_id, streams=streams)
    state = await projection.state()
    return f"  {student_id} takes " + ", ".join(state.titles[course] for course in state.courses)


def database_url() -> str:
    """`DATABASE_URL`, or the embedded server that `storyline db start` runs for this folder."""
    if url := os.environ.get("DATABASE_URL"):
        return url
    found = subprocess.run(("storyline", "db", "url"), stdout=subprocess.PIPE, text=True)
    if found.returncode:
        sys.exit(found.returncode)  # `storyline` has said why
    return found.stdout.strip()


async def main() -> None:
    async with AsyncEventClient(COURSES, database_url()) as client:
        try:
            await opening_day(client)
        except StorylineError as error:
            sys.exit(str(error))


if __name__ == "__main__":
    asyncio.run(main())
