# Made by runtime/make_sync.py; edit runtime/storyline/_async/subscription.py
"""Hands events out one after the other, and keeps how far its caller has got."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, suppress
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from psycopg import Error

from storyline._sync.connections import Session
from storyline._sync.consumer import Consumer
from storyline._sync.reconnecting import Reconnecting
from storyline.events import Event, Recorded
from storyline.projecting import leasing, pace, subscribing
from storyline.projecting.processes import new_owner
from storyline.queries import Query
from storyline.questions import require_id, require_positive
from storyline.repeating import repeated
from storyline.state_keys import StateKey

if TYPE_CHECKING:
    from storyline._sync.client import EventClient

E = TypeVar("E", bound=Event)

log = logging.getLogger("storyline.subscription")


class Subscription(Generic[E]):
    """What `EventClient.subscribe` returns: iterate over it, or over its `batches`.

    Whoever asks for the next event says that the last one is done, and only then is the position
    committed. So an event comes again after a crash, an error or a `break`: its id tells.
    """

    def __init__(
        self,
        client: EventClient,
        query: Query[E],
        name: str,
        key: StateKey | None,
        after: int | None,
    ) -> None:
        client.story.require(query.types)
        require_id("after", after)
        self._client = client
        self._subscription = subscribing.consumer(name, query, key)
        self._after = after
        self._is_stopping = False

    def stop(self) -> None:
        """Ends the iteration when the caller next asks for more. For any thread or signal.

        For good: to go on, subscribe again under the same name.
        """
        self._is_stopping = True

    def __iter__(self) -> Iterator[Recorded[E]]:
        with closing(self.batches(1)) as batches:
            for (event,) in batches:
                yield event

    def batches(self, most: int = 1000) -> Generator[Sequence[Recorded[E]]]:
        """Of at least one event and at most so many, with one commit for all of them.

        Whoever iterates is a consumer of its own, also where it shares this object with others.
        """
        require_positive("most", most)
        owner, reconnecting = new_owner(), Reconnecting(log)
        while not self._is_stopping:
            with reconnecting, self._client.log.session() as session:
                reconnecting.over()
                with closing(self._consumed(session, owner, most)) as batches:
                    yield from batches

    def _consumed(
        self, session: Session, owner: str, most: int
    ) -> Generator[Sequence[Recorded[E]]]:
        """As long as the connection lives. Its leases are renewed while the caller is at work."""
        client = self._client
        consumer = Consumer(client.story, session, owner, self._subscription, client.on_unreadable)
        renew = partial(client.log.fetch, leasing.renew(client.story, owner))
        try:
            consumer.begin(self._after)
            with repeated(renew, pace.TICK_SECONDS):
                while not self._is_stopping:
                    with closing(consumer.due(most, self._stops)) as due:
                        yield from due
        finally:
            with suppress(Error):
                consumer.leave()

    def _stops(self) -> bool:
        return self._is_stopping
