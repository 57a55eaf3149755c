"""Appends, saved projections and SQL of the caller's own, in one transaction."""

import pytest
from psycopg import AsyncConnection, IsolationLevel
from psycopg.conninfo import make_conninfo

from storyline import (
    AsyncEventClient,
    AsyncSingleStreamValidator,
    IsolationError,
    MissingMigrationError,
    SavedProjection,
    State,
    TransactionOverError,
)
from storyline.testing.contract.story import (
    EGGS,
    HOME,
    MILK,
    SAMPLE,
    ItemAdded,
    ListEvent,
    added,
    completed,
    list_stream,
)

STREAM = list_stream(list_id=HOME)


class Total(State, frozen=True):
    added: int = 0


class AtMostOne(AsyncSingleStreamValidator[ListEvent, ItemAdded]):
    async def is_valid(self) -> bool:
        return await self.reduce_events(lambda before, _: before + 1, 0) <= 1


async def test_all_of_a_block_is_saved_at_its_end(client: AsyncEventClient) -> None:
    async with client.transaction() as tx:
        await tx.connection.execute("create table sample.mine (n int)")
        await tx.connection.execute("insert into sample.mine values (7)")
        (first,) = await AtMostOne(tx, STREAM).apply(added(MILK)).save()
        second = await tx.save_event_with_stream_validation(
            completed(MILK), streams=[STREAM], latest_event_id=1, latest_event_at=first.created_at
        )
        await tx.save_projection(SavedProjection("total", "x", 1, 2, Total(added=1)))
        assert await tx.get_event_stream(STREAM) == (first, second)
        assert await client.get_event_stream(STREAM) == ()
    assert await client.get_event_stream(STREAM) == (first, second)
    assert await client.get_projection("total", "x", Total) is not None
    async with client.transaction() as tx:
        cursor = await tx.connection.execute("select n from sample.mine")
        assert await cursor.fetchall() == [(7,)]


async def test_a_transaction_cannot_be_used_when_it_is_over(client: AsyncEventClient) -> None:
    async with client.transaction() as tx:
        await tx.save_event(added(MILK))
    with pytest.raises(TransactionOverError):
        await tx.save_event(added(EGGS))
    with pytest.raises(TransactionOverError):
        _ = tx.connection


async def test_a_callers_transaction_is_joined_and_left_to_the_caller(
    client: AsyncEventClient, sample_dsn: str
) -> None:
    async with await AsyncConnection.connect(sample_dsn) as connection:
        joined = AsyncEventClient(SAMPLE, connection)
        await joined.save_event(added(MILK))
        await connection.rollback()
        assert (await joined.save_event(added(EGGS))).id == 1
        assert await client.count(STREAM) == 0
        await connection.commit()
        assert await client.count(STREAM) == 1
        await joined.close()
        assert not connection.closed


async def test_a_callers_connection_in_autocommit_commits_each_call(
    client: AsyncEventClient, sample_dsn: str
) -> None:
    async with await AsyncConnection.connect(sample_dsn, autocommit=True) as connection:
        joined = AsyncEventClient(SAMPLE, connection)
        await joined.save_event(added(MILK), command_id="c1")
        assert await client.count(STREAM) == 1
        async with connection.transaction(force_rollback=True):
            await joined.save_event(added(EGGS))
        assert (await joined.save_event(added(MILK), command_id="c1")).id == 1


async def test_a_stricter_isolation_that_meets_another_writer_is_named(
    client: AsyncEventClient, sample_dsn: str
) -> None:
    async with await AsyncConnection.connect(sample_dsn) as connection:
        await connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
        joined = AsyncEventClient(SAMPLE, connection)
        assert await joined.count(STREAM) == 0
        await client.save_event(added(MILK))
        with pytest.raises(IsolationError):
            await joined.save_event(added(EGGS))
        await connection.rollback()
        assert (await joined.save_event(added(EGGS))).id == 2


async def test_a_stricter_isolation_is_named_that_was_set_after_the_first_use(
    client: AsyncEventClient, sample_dsn: str
) -> None:
    async with await AsyncConnection.connect(sample_dsn) as connection:
        joined = AsyncEventClient(SAMPLE, connection)
        assert await joined.count(STREAM) == 0
        await connection.rollback()
        await connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
        assert await joined.count(STREAM) == 0
        await client.save_event(added(MILK))
        with pytest.raises(IsolationError) as caught:
            await joined.save_event(added(EGGS))
        assert caught.value.level == "repeatable read"


async def save_in_a_block(client: AsyncEventClient) -> None:
    async with client.transaction() as tx:
        await tx.save_event(added(EGGS))


async def test_a_stricter_isolation_of_the_session_is_named_in_a_block_too(
    client: AsyncEventClient, sample_dsn: str
) -> None:
    strict = make_conninfo(sample_dsn, options="-c default_transaction_isolation=serializable")
    async with await AsyncConnection.connect(strict) as connection:
        joined = AsyncEventClient(SAMPLE, connection)
        assert await joined.count(STREAM) == 0
        await client.save_event(added(MILK))
        with pytest.raises(IsolationError) as caught:
            await save_in_a_block(joined)
        assert caught.value.level == "serializable"


async def test_a_transaction_reads_what_is_committed_whatever_the_sessions_default(
    sample_dsn: str,
) -> None:
    strict = make_conninfo(sample_dsn, options="-c default_transaction_isolation=serializable")
    async with AsyncEventClient(SAMPLE, strict) as client, client.transaction() as tx:
        assert await tx.count(STREAM) == 0
        await client.save_event(added(MILK))
        assert (await tx.save_event(added(EGGS))).id == 2


async def test_a_connection_to_a_database_without_the_log_says_what_to_do(
    storyline_dsn: str,
) -> None:
    async with await AsyncConnection.connect(storyline_dsn) as connection:
        client = AsyncEventClient(SAMPLE, connection)
        with pytest.raises(MissingMigrationError):
            await client.save_event(added(MILK))
