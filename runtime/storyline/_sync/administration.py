# Made by runtime/make_sync.py; edit runtime/storyline/_async/administration.py
"""Looks after what projectors and subscriptions keep, from wherever it is called."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from storyline._sync.client import EventClient
from storyline.errors import NotKeptError, StillRunError
from storyline.projecting import administration, building, forgetting
from storyline.projecting.administration import Failure
from storyline.projecting.forgetting import Kept, Position
from storyline.projecting.leasing import LEASE_SECONDS
from storyline.projecting.shards import Build, Projection
from storyline.projecting.status import Status, statuses
from storyline.questions import require_id
from storyline.statements import Statement


class Administration:
    """What `storyline projections` and `storyline subscriptions` do, of one client's story.

    Orders are obeyed within a second by the projectors that run; without any, by the next.
    """

    def __init__(self, client: EventClient) -> None:
        self._client = client
        self._story = client.story

    def statuses(self) -> Sequence[Status]:
        """Of every build and every subscription."""
        return [Status(*row) for row in self._client.log.fetch(statuses(self._story))]

    def failures(self) -> Sequence[Failure]:
        """Events that could not be folded: parked, skipped, or in the way of a whole shard."""
        rows = self._client.log.fetch(administration.failures(self._story))
        return [Failure(*row) for row in rows]

    def rebuild(self, projection: Projection) -> None:
        """Orders a build beside the active one, unless there is one already."""
        self._ordered(administration.rebuild(projection))

    def retry(self, projection: Projection) -> tuple[int, int]:
        """Orders it for so many parked states, and for so many shards that stand still."""
        states, shards = [
            set(self._client.log.fetch(each)) for each in administration.retry(projection)
        ]
        return len(states), len(shards)

    def skip(self, projection: Projection, event_id: int) -> int:
        """Orders so many parked states to go on without the event. It stays listed."""
        statement = administration.skip(projection, event_id)
        return len(set(self._client.log.fetch(statement)))

    def is_run(self, projection: Projection) -> bool:
        return bool(self._client.log.fetch(administration.is_run(projection)))

    def kept(self, projection_type: str) -> Sequence[Kept]:
        """What there is of a projection, by version, whether the code has it or not."""
        rows = self._client.log.fetch(forgetting.kept(self._story, projection_type))
        return [Kept(*row) for row in rows]

    def forget(self, projection_type: str, versions: Collection[int]) -> None:
        """Deletes all states of these versions, in pieces, with all that is known of them.

        A projector deletes what is retired as well: whoever is first, it ends when nothing is left.
        Raises `StillRunError` where a process is at one, before anything is deleted.
        """
        kept = [each for each in self.kept(projection_type) if each.version in versions]
        if owners := sorted({owner for each in kept for owner in each.owners}):
            raise StillRunError(projection_type, owners)
        for version in versions:
            self._ordered(forgetting.retire(self._story, projection_type, version))
        retired = building.retired(self._story, [projection_type])
        while builds := self._client.log.fetch(retired):
            for build in builds:
                self._ordered(building.clear(self._story, Build(*build)))

    def position(self, name: str) -> Position:
        """Of a subscription. Raises `NotKeptError`."""
        rows = self._client.log.fetch(forgetting.position(self._story, name))
        if not rows:
            raise NotKeptError(name)
        return Position(*rows[0])

    def move(self, name: str, event_id: int) -> None:
        """A subscription goes on after the event, whoever reads it, and wherever it was."""
        require_id("event_id", event_id)
        self._ordered([forgetting.move(self._story, name, event_id)])

    def forget_subscription(self, name: str) -> None:
        """Its next reader begins as a new one. Raises `StillRunError` while somebody reads."""
        owners = (self.position(name)).owners
        if owners or not (self._ordered(forgetting.forget(self._story, name)))[-1]:
            raise StillRunError(name, owners)

    def _ordered(self, statements: Iterable[Statement]) -> list[int]:
        """In one transaction. Returns how many rows each has written."""
        with self._client.log.session() as session, session.transaction(LEASE_SECONDS):
            return [session.run(statement) for statement in statements]
