# Made by runtime/make_sync.py; edit tests/database/clients/asynchronous/test_transactions.py
"""Appends, saved projections and SQL of the caller's own, in one transaction."""

import pytest
from psycopg import Connection, IsolationLevel
from psycopg.conninfo import make_conninfo

from storyline import (
    EventClient,
    IsolationError,
    MissingMigrationError,
    SavedProjection,
    SingleStreamValidator,
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


class AtMostOne(SingleStreamValidator[ListEvent, ItemAdded]):
    def is_valid(self) -> bool:
        return self.reduce_events(lambda before, _: before + 1, 0) <= 1


def test_all_of_a_block_is_saved_at_its_end(client: EventClient) -> None:
    with client.transaction() as tx:
        tx.connection.execute("create table sample.mine (n int)")
        tx.connection.execute("insert into sample.mine values (7)")
        (first,) = AtMostOne(tx, STREAM).apply(added(MILK)).save()
        second = tx.save_event_with_stream_validation(
            completed(MILK), streams=[STREAM], latest_event_id=1, latest_event_at=first.created_at
        )
        tx.save_projection(SavedProjection("total", "x", 1, 2, Total(added=1)))
        assert tx.get_event_stream(STREAM) == (first, second)
        assert client.get_event_stream(STREAM) == ()
    assert client.get_event_stream(STREAM) == (first, second)
    assert client.get_projection("total", "x", Total) is not None
    with client.transaction() as tx:
        cursor = tx.connection.execute("select n from sample.mine")
        assert cursor.fetchall() == [(7,)]


def test_a_transaction_cannot_be_used_when_it_is_over(client: EventClient) -> None:
    with client.transaction() as tx:
        tx.save_event(added(MILK))
    with pytest.raises(TransactionOverError):
        tx.save_event(added(EGGS))
    with pytest.raises(TransactionOverError):
        _ = tx.connection


def test_a_callers_transaction_is_joined_and_left_to_the_caller(
    client: EventClient, sample_dsn: str
) -> None:
    with Connection.connect(sample_dsn) as connection:
        joined = EventClient(SAMPLE, connection)
        joined.save_event(added(MILK))
        connection.rollback()
        assert (joined.save_event(added(EGGS))).id == 1
        assert client.count(STREAM) == 0
        connection.commit()
        assert client.count(STREAM) == 1
        joined.close()
        assert not connection.closed


def test_a_callers_connection_in_autocommit_commits_each_call(
    client: EventClient, sample_dsn: str
) -> None:
    with Connection.connect(sample_dsn, autocommit=True) as connection:
        joined = EventClient(SAMPLE, connection)
        joined.save_event(added(MILK), command_id="c1")
        assert client.count(STREAM) == 1
        with connection.transaction(force_rollback=True):
            joined.save_event(added(EGGS))
        assert (joined.save_event(added(MILK), command_id="c1")).id == 1


def test_a_stricter_isolation_that_meets_another_writer_is_named(
    client: EventClient, sample_dsn: str
) -> None:
    with Connection.connect(sample_dsn) as connection:
        connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
        joined = EventClient(SAMPLE, connection)
        assert joined.count(STREAM) == 0
        client.save_event(added(MILK))
        with pytest.raises(IsolationError):
            joined.save_event(added(EGGS))
        connection.rollback()
        assert (joined.save_event(added(EGGS))).id == 2


def test_a_stricter_isolation_is_named_that_was_set_after_the_first_use(
    client: EventClient, sample_dsn: str
) -> None:
    with Connection.connect(sample_dsn) as connection:
        joined = EventClient(SAMPLE, connection)
        assert joined.count(STREAM) == 0
        connection.rollback()
        connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
        assert joined.count(STREAM) == 0
        client.save_event(added(MILK))
        with pytest.raises(IsolationError) as caught:
            joined.save_event(added(EGGS))
        assert caught.value.level == "repeatable read"


def save_in_a_block(client: EventClient) -> None:
    with client.transaction() as tx:
        tx.save_event(added(EGGS))


def test_a_stricter_isolation_of_the_session_is_named_in_a_block_too(
    client: EventClient, sample_dsn: str
) -> None:
    strict = make_conninfo(sample_dsn, options="-c default_transaction_isolation=serializable")
    with Connection.connect(strict) as connection:
        joined = EventClient(SAMPLE, connection)
        assert joined.count(STREAM) == 0
        client.save_event(added(MILK))
        with pytest.raises(IsolationError) as caught:
            save_in_a_block(joined)
        assert caught.value.level == "serializable"


def test_a_transaction_reads_what_is_committed_whatever_the_sessions_default(
    sample_dsn: str,
) -> None:
    strict = make_conninfo(sample_dsn, options="-c default_transaction_isolation=serializable")
    with EventClient(SAMPLE, strict) as client, client.transaction() as tx:
        assert tx.count(STREAM) == 0
        client.save_event(added(MILK))
        assert (tx.save_event(added(EGGS))).id == 2


def test_a_connection_to_a_database_without_the_log_says_what_to_do(
    storyline_dsn: str,
) -> None:
    with Connection.connect(storyline_dsn) as connection:
        client = EventClient(SAMPLE, connection)
        with pytest.raises(MissingMigrationError):
            client.save_event(added(MILK))
