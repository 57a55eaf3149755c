# Made by runtime/make_sync.py; edit runtime/storyline/_async/rest.py
"""How a process sits out a silence of the log: it looks again and again, then sleeps until told."""

from __future__ import annotations

from time import monotonic

from storyline._sync.connections import Session
from storyline.pauses import pause
from storyline.projecting import awaiting, pace
from storyline.story import Story


class Rest:
    """Of one process, on its connection. Behind a pooler, which passes nothing on, it only looks.

    It listens before it looks, and says under the head's lock that it waits: so whatever is
    appended later is told. A notification that is lost costs the time until the next tick.
    """

    def __init__(self, story: Story, session: Session) -> None:
        self._story = story
        self._session = session
        self._wait = 0.0
        self._silence = 0.0
        self.is_asleep = False

    def begin(self) -> None:
        if not self._session.is_pooled:
            self._session.run(awaiting.listen(self._story))

    def end(self) -> None:
        """Others get the connection next."""
        if not self._session.is_pooled:
            self._session.run(awaiting.unlisten(self._story))

    @property
    def is_going_on(self) -> bool:
        return self._wait > 0

    def is_over(self) -> None:
        """There was something new."""
        self._wait = self._silence = 0.0
        self.is_asleep = False

    def look_up(self) -> None:
        """Whatever one is told or not: now and then one looks."""
        self.is_asleep = False

    def go_on(self, last_id: int | None, end: float) -> None:
        """A little, after a look that found nothing; asleep, at most until `end`.

        `last_id`: how far the log had got at the look; without it, there is no sleep.
        """
        left = max(0.0, end - monotonic())
        if self.is_asleep:
            self.is_asleep = not self._session.is_told(min(pace.NAP_SECONDS, left))
        elif last_id is not None and self._may_sleep():
            self.is_asleep = self._is_awaited(last_id)
        else:
            self._wait = pace.next_wait(self._wait)
            self._silence += self._wait
            pause(min(self._wait, left))

    def _may_sleep(self) -> bool:
        return self._silence >= pace.SILENCE_SECONDS and not self._session.is_pooled

    def _is_awaited(self, last_id: int) -> bool:
        """False: something newer is there."""
        for (is_awaited,) in self._session.fetch(awaiting.silence(self._story, last_id)):
            statement = awaiting.wait_for_event(self._story, last_id)
            return is_awaited or bool(self._session.fetch(statement))
        return False
