"""Hands events out one after the other, and keeps how far its caller has got."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, suppress
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from psycopg import Error

from storyline._async.connections import AsyncSession
from storyline._async.consumer import AsyncConsumer
from storyline._async.reconnecting import AsyncReconnecting
from storyline.events import Event, Recorded
from storyline.projecting import leasing, pace, subscribing
from storyline.projecting.processes import new_owner
from storyline.queries import Query
from storyline.questions import require_id, require_positive
from storyline.repeating import async_repeated
from storyline.state_keys import StateKey

if TYPE_CHECKING:
    from storyline._async.client import AsyncEventClient

E = TypeVar("E", bound=Event)

log = logging.getLogger("storyline.subscription")


class AsyncSubscription(Generic[E]):
    """What `AsyncEventClient.subscribe` returns: iterate over it, or over its `batches`.

    Whoever asks for the next event says that the last one is done, and only then is the position
    committed. So an event comes again after a crash, an error or a `break`: its id tells.
    """

    def __init__(
        self,
        client: AsyncEventClient,
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

    async def __aiter__(self) -> AsyncIterator[Recorded[E]]:
        async with aclosing(self.batches(1)) as batches:
            async for (event,) in batches:
                yield event

    async def batches(self, most: int = 1000) -> AsyncGenerator[Sequence[Recorded[E]]]:
        """Of at least one event and at most so many, with one commit for all of them.

        Whoever iterates is a consumer of its own, also where it shares this object with others.
        """
        require_positive("most", most)
        owner, reconnecting = new_owner(), AsyncReconnecting(log)
        while not self._is_stopping:
            async with reconnecting, self._client.log.session() as session:
                reconnecting.over()
                async with aclosing(self._consumed(session, owner, most)) as batches:
                    async for batch in batches:
                        yield batch

    async def _consumed(
        self, session: AsyncSession, owner: str, most: int
    ) -> AsyncGenerator[Sequence[Recorded[E]]]:
        """As long as the connection lives. Its leases are renewed while the caller is at work."""
        client = self._client
        consumer = AsyncConsumer(
            client.story, session, owner, self._subscription, client.on_unreadable
        )
        renew = partial(client.log.fetch, leasing.renew(client.story, owner))
        try:
            await consumer.begin(self._after)
            async with async_repeated(renew, pace.TICK_SECONDS):
                while not self._is_stopping:
                    async with aclosing(consumer.due(most, self._stops)) as due:
                        async for batch in due:
                            yield batch
        finally:
            with suppress(Error):
                await consumer.leave()

    def _stops(self) -> bool:
        return self._is_stopping
