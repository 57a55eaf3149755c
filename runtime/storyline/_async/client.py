"""The way to a story's log and saved projections: questions out, values back."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from types import TracebackType
from typing import Any, Self, TypeVar
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.errors import ProgramLimitExceeded
from psycopg_pool import AsyncConnectionPool
from pydantic import JsonValue

from storyline import questions, rows
from storyline._async.connections import Durability
from storyline._async.logs import AsyncJoined, AsyncLog, opened
from storyline._async.states import AsyncStates
from storyline._async.subscription import AsyncSubscription
from storyline.commands import Command, KnownCommand, command
from storyline.dsn import Dsn
from storyline.errors import ConflictError, LostEventError
from storyline.events import Event, Recorded
from storyline.folds import NOTHING, History, Seen
from storyline.metadata import with_bound
from storyline.queries import Query, QueryItem, either
from storyline.questions import (
    CommandOf,
    CountEvents,
    EventStream,
    HistoryOf,
    NewEvents,
    SaveEvents,
    Slice,
    require_id,
    require_positive,
)
from storyline.rows import Appended, Contested, Lost, OnUnreadable, Page, Row, Unchecked
from storyline.state_keys import StateKey
from storyline.story import Story
from storyline.surroundings import UNANSWERED, outcome_unknown, unwritable
from storyline.telemetry import operation

E = TypeVar("E", bound=Event)


class AsyncEventClient(AsyncStates):
    """Reads and appends the events of one story, in one total order without gaps.

    A DSN makes a pool of our own, opened at the first use and closed by `close()`; `Dsn` says its
    size. A given pool stays the caller's. `durability` is how an append reaches the disk before it
    returns: "barrier" shares one flush among concurrent writers; "commit" is a plain synchronous
    commit, for servers whose write-ahead log is not one sequence. May be shared by tasks and
    threads. `failures` are what can go wrong with the database and on the way to it.

    A stored event that this code cannot read raises `UnreadableEventError`. With `on_unreadable`
    the reads of streams pass over it, and call this with the error instead. Histories never do: a
    decision or a projection must not rest on events of which some are missing.

    With a connection, all happens in its transaction, which the caller commits; in autocommit each
    call is one, committed as the session's `synchronous_commit` says. From an append to the commit
    the log is locked.
    """

    def __init__(
        self,
        story: Story,
        pool_or_dsn: AsyncConnectionPool[Any] | AsyncConnection[Any] | AsyncLog | Dsn | str,
        *,
        durability: Durability = "barrier",
        on_unreadable: OnUnreadable | None = None,
    ) -> None:
        self.story = story
        self.on_unreadable = on_unreadable
        self.log = opened(story, pool_or_dsn, durability)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes the pool, if it is ours."""
        await self.log.close()

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[AsyncTransaction]:
        """All that is done by what this yields happens in one transaction of PostgreSQL.

        It is committed at the end of the block, and on disk then, unless the session's
        `synchronous_commit` is off; an exception undoes everything. From the first append to the
        commit the log is locked: every other writer waits, so be brief. This client is one of them:
        saving with it within the block would wait for ever. A conflict saves nothing and leaves the
        transaction as it was: catch it, or let it undo the rest. An error of PostgreSQL's own lets
        nothing more be done but to leave.
        """
        async with self.log.in_transaction() as joined:
            yield AsyncTransaction(self, joined)

    async def save_event(
        self,
        event: E,
        *,
        metadata: Mapping[str, JsonValue] | None = None,
        command_id: UUID | str | None = None,
    ) -> Recorded[E]:
        """Appends whatever else has happened. Durable when it returns.

        `metadata` is added to what `bound_metadata` binds. A `command_id` that was given before
        appends nothing: it returns what it did then, as it was recorded, if the event says the
        same; else this raises `CommandReusedError`. So a caller may repeat a call that failed.
        """
        (recorded,) = await self.save_events([event], metadata=metadata, command_id=command_id)
        return recorded

    async def save_events(
        self,
        events: Sequence[E],
        *,
        metadata: Mapping[str, JsonValue] | None = None,
        command_id: UUID | str | None = None,
    ) -> tuple[Recorded[E], ...]:
        """Appends all or none, under ids that follow each other. The rest as in `save_event`."""
        return await self._append(self._new(events, metadata, command_id), None, NOTHING)

    async def save_event_with_stream_validation(
        self,
        event: E,
        *,
        streams: Sequence[Query[Any]],
        latest_event_id: int,
        latest_event_at: datetime | None = None,
        metadata: Mapping[str, JsonValue] | None = None,
        command_id: UUID | str | None = None,
    ) -> Recorded[E]:
        """As `save_events_with_stream_validation`, for one event."""
        (recorded,) = await self.save_events_with_stream_validation(
            [event],
            streams=streams,
            latest_event_id=latest_event_id,
            latest_event_at=latest_event_at,
            metadata=metadata,
            command_id=command_id,
        )
        return recorded

    async def save_events_with_stream_validation(
        self,
        events: Sequence[E],
        *,
        streams: Sequence[Query[Any]],
        latest_event_id: int,
        latest_event_at: datetime | None = None,
        metadata: Mapping[str, JsonValue] | None = None,
        command_id: UUID | str | None = None,
    ) -> tuple[Recorded[E], ...]:
        """Appends all, if no event after `latest_event_id` matches one of the streams.

        Else raises `ConflictError` with those events. `latest_event_at` says when the event
        `latest_event_id` was recorded, as `Recorded.created_at` or `History.latest_event_at` do: if
        a crash of the server has taken that event, this is a `LostEventError`, though another may
        have its id by now. A command that was done before does not conflict with itself. Waits for
        appends that came before it.
        """
        require_id("latest_event_id", latest_event_id)
        new = self._new(events, metadata, command_id)
        return await self._append(new, either(streams), Seen(latest_event_id, latest_event_at))

    async def get_saved_before(
        self, events: Sequence[E], command_id: UUID | str
    ) -> tuple[Recorded[E], ...] | None:
        """What the command has appended, if it is done. Raises `CommandReusedError`."""
        wanted = command(command_id, events)
        found = await self.log.answer(CommandOf(wanted.id))
        if not found:
            return None
        return await self._appended_by(KnownCommand(*found[0][:3]), wanted, events)

    async def get_latest_event(self, query: Query[E]) -> Recorded[E] | None:
        page = await self._page(query, Slice(limit=1, latest_first=True))
        while page.end and not page.events:
            before = Slice(up_to_id=page.end.id - 1, limit=1, latest_first=True)
            page = await self._page(query, before)
        return page.events[0] if page.events else None

    async def get_event_stream(
        self,
        query: Query[E],
        *,
        after_id: int = 0,
        after_at: datetime | None = None,
        up_to_id: int | None = None,
        limit: int | None = None,
        latest_first: bool = False,
    ) -> Sequence[Recorded[E]]:
        """Oldest first, all in memory; for long streams there is `iter_event_stream`.

        `up_to_id` reads the stream as it was when that event was the log's last. `after_at`, when
        the event `after_id` was recorded, makes it a `LostEventError` if a crash of the server has
        taken that event.
        """
        part = Slice.of(Seen(after_id, after_at), up_to_id, limit, latest_first)
        return (await self._page(query, part)).events

    async def get_event_streams(
        self,
        queries: Sequence[Query[E]],
        *,
        after_id: int = 0,
        after_at: datetime | None = None,
        up_to_id: int | None = None,
        limit: int | None = None,
        latest_first: bool = False,
    ) -> Sequence[Recorded[E]]:
        """The streams merged, oldest first, each event once."""
        return await self.get_event_stream(
            either(queries),
            after_id=after_id,
            after_at=after_at,
            up_to_id=up_to_id,
            limit=limit,
            latest_first=latest_first,
        )

    def iter_event_stream(
        self,
        query: Query[E],
        *,
        after_id: int = 0,
        after_at: datetime | None = None,
        up_to_id: int | None = None,
        page_size: int = 1000,
    ) -> AsyncIterator[Recorded[E]]:
        """Oldest first, one read a page, and what is appended meanwhile. Holds no connection.

        Raises `LostEventError` between two pages, if a crash of the server has taken the last event
        of the first; or before the first one, as `get_event_stream` does.
        """
        require_positive("page_size", page_size)
        part = Slice.of(Seen(after_id, after_at), up_to_id, page_size)
        return self._pages(query, part)

    async def count(
        self, query: Query[Any], *, after_id: int = 0, up_to_id: int | None = None
    ) -> int:
        """How many events match. It reads the index or the rows of all of them."""
        self.story.require(query.types)
        part = Slice.of(Seen(after_id), up_to_id)
        ((found,),) = await self.log.answer(CountEvents(query, part))
        return int(found)

    async def get_history(
        self, query: Query[E], *, after_id: int = 0, after_at: datetime | None = None
    ) -> History[E]:
        """The stream and how far the log has got, of one moment: what a decision rests on.

        `after_at` as in `get_event_stream`.
        """
        self.story.require(query.types)
        require_id("after_id", after_id)
        seen = Seen(after_id, after_at)
        with operation(self.story, "read") as read:
            found = await self.log.answer(HistoryOf(query, seen))
            read.rows = len(found)
            return rows.history(self.story, found, seen)

    def subscribe(
        self,
        query: Query[E],
        *,
        name: str,
        after: int | None = 0,
        key: StateKey | None = None,
    ) -> AsyncSubscription[E]:
        """For what acts on events outside of the database: each event at least once, in order.

        The position is kept under the name. `after` counts the first time only: the id of the event
        after which it begins; None: what is there already is left out. One process at a time is
        handed events, and another takes over from it within seconds. With a `key`, as the
        `state_key` of a projection is, several share them, and those of one key stay in order.
        Raises `UnwritableError` for a name that has not 1 to 200 printable characters.
        """
        return AsyncSubscription(self, query, name, key, after)

    async def _pages(self, query: Query[E], part: Slice) -> AsyncIterator[Recorded[E]]:
        while (page := await self._page(query, part)).end:
            for event in page.events:
                yield event
            part = part._replace(after=page.end)

    async def _page(self, query: Query[E], part: Slice) -> Page[E]:
        with operation(self.story, "read") as read:
            found = await self._found(query, part)
            read.rows = len(found)
            return rows.page(self.story, found, self.on_unreadable)

    async def _events(self, query: Query[E], part: Slice) -> tuple[Recorded[E], ...]:
        """All of them, or `UnreadableEventError`."""
        return rows.recorded_events(self.story, await self._found(query, part))

    async def _found(self, query: Query[Any], part: Slice) -> Sequence[Row]:
        self.story.require(query.types)
        return rows.continued(await self.log.answer(EventStream(query, part)), part.after)

    async def _append(
        self, new: NewEvents[E], query: Query[Any] | None, seen: Seen
    ) -> tuple[Recorded[E], ...]:
        with operation(self.story, "append", new.events):
            return await self._accepted(new, query, seen)

    async def _accepted(
        self, new: NewEvents[E], query: Query[Any] | None, seen: Seen
    ) -> tuple[Recorded[E], ...]:
        """The database may refuse on a suspicion; what proves harmless is not checked again."""
        checked = seen
        while True:
            try:
                (row,) = await self.log.answer(SaveEvents(new, query, checked))
            except UNANSWERED as error:
                raise outcome_unknown(new, error) from error
            except ProgramLimitExceeded as error:
                raise unwritable((event.__type__ for event in new.events), error) from error
            outcome = rows.outcome(row)
            if isinstance(outcome, Appended):
                return outcome.recorded(new.events, new.metadata)
            if isinstance(outcome, KnownCommand):
                assert new.command is not None
                return await self._appended_by(outcome, new.command, new.events)
            if isinstance(outcome, Lost):
                raise LostEventError(*checked)
            assert query is not None
            if conflicts := await self._conflicts(outcome, query, checked):
                raise ConflictError(conflicts, query, seen.id)
            checked = outcome.checked

    async def _appended_by(
        self, known: KnownCommand, wanted: Command, events: Sequence[Event]
    ) -> tuple[Recorded[Any], ...]:
        part = Slice(Seen(known.first_id - 1), up_to_id=known.last_id)
        everything: Query[Any] = Query(QueryItem(self.story.events))
        recorded = await self._events(everything, part)
        known.require(wanted, events, recorded)
        return recorded

    async def _conflicts(
        self, outcome: Contested | Unchecked, query: Query[E], after: Seen
    ) -> tuple[Recorded[E], ...]:
        if isinstance(outcome, Contested):
            return outcome.conflicts(self.story, query)
        return await self._events(query, Slice(after, up_to_id=outcome.checked.id))

    def _new(
        self,
        events: Sequence[E],
        metadata: Mapping[str, JsonValue] | None,
        command_id: UUID | str | None,
    ) -> NewEvents[E]:
        """As they are now, whatever the caller does while the append waits."""
        return questions.new(self.story, tuple(events), with_bound(metadata), command_id)


class AsyncTransaction(AsyncEventClient):
    """A client for one block of `AsyncEventClient.transaction`, and for no longer."""

    def __init__(self, client: AsyncEventClient, joined: AsyncJoined) -> None:
        super().__init__(client.story, joined, on_unreadable=client.on_unreadable)
        self._joined = joined

    @property
    def connection(self) -> AsyncConnection[Any]:
        """For SQL of the caller's own, in the same transaction."""
        return self._joined.connection
