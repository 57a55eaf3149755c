# Made by runtime/make_sync.py; edit tests/database/clients/asynchronous/test_saving.py
"""Unconditional appends, and what must not get into the log."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from storyline import (
    DecimalNumber,
    Event,
    EventClient,
    MissingMigrationError,
    NothingToSaveError,
    Number,
    Query,
    QueryItem,
    Recorded,
    UnknownEventError,
    UnreachableError,
    UnreadableEventError,
    UnwritableError,
)
from storyline.testing.contract.story import (
    EGGS,
    HOME,
    MILK,
    SAMPLE,
    WORK,
    ItemAdded,
    ListCreated,
    Measured,
    added,
    completed,
    list_stream,
)


def test_a_saved_event_is_returned_as_it_was_recorded(client: EventClient) -> None:
    before = datetime.now(UTC) - timedelta(minutes=1)
    recorded = client.save_event(added(MILK), metadata={"actor": "ann"})
    assert (recorded.id, recorded.type, recorded.data) == (1, "ITEM_ADDED", added(MILK))
    assert recorded.metadata == {"actor": "ann"}
    assert recorded.created_at > before
    assert recorded.created_at.tzinfo is UTC
    assert client.get_latest_event(list_stream(list_id=HOME)) == recorded


def test_events_saved_together_follow_each_other(client: EventClient) -> None:
    client.save_event(ListCreated(list_id=WORK, name="Work"))
    recorded = client.save_events([added(MILK), completed(MILK)])
    assert [(each.id, each.type) for each in recorded] == [(2, "ITEM_ADDED"), (3, "ITEM_COMPLETED")]
    assert client.get_event_stream(list_stream(list_id=HOME)) == recorded


def test_a_static_type_comes_back_with_the_event(client: EventClient) -> None:
    recorded: Recorded[ItemAdded] = client.save_event(added(EGGS))
    assert recorded.data.title == "Eggs"


def test_saving_no_event_is_refused(client: EventClient) -> None:
    with pytest.raises(NothingToSaveError):
        client.save_events([])


class Foreign(Event, frozen=True):
    __type__ = "FOREIGN"


class Impostor(Event, frozen=True):
    __type__ = "ITEM_ADDED"


@pytest.mark.parametrize("event", [Foreign(), Impostor()])
def test_an_event_of_another_story_is_refused(client: EventClient, event: Event) -> None:
    with pytest.raises(UnknownEventError) as caught:
        client.save_event(event)
    assert (caught.value.type, caught.value.story) == (event.__type__, "sample")


def test_a_query_of_another_story_is_refused(client: EventClient) -> None:
    with pytest.raises(UnknownEventError):
        client.get_event_stream(Query[Foreign](QueryItem(["FOREIGN"])))


def test_text_that_postgresql_cannot_hold_is_refused(client: EventClient) -> None:
    with pytest.raises(UnwritableError, match="NUL"):
        client.save_event(Measured(text="a\0b"))
    with pytest.raises(UnwritableError, match="NUL"):
        client.save_event(Measured(text="fine"), metadata={"a": ["\0"]})
    saved = client.save_event(Measured(text="only \\u0000 in letters", texts=["\\", "\ufffd"]))
    assert (client.get_event_stream(measured()))[0] == saved


@pytest.mark.parametrize(
    "unreadable",
    [
        Measured(whole=10**4000),
        Measured(wholes=frozenset({1, -(10**4000)})),
        Measured(price=Decimal("1E+4000")),
        Measured(prices=[Decimal("1E-4000")]),
        Measured(price=Decimal("0E+999999")),
        Measured(price=Decimal("7" * 4001)),
    ],
)
def test_a_number_that_could_not_be_read_again_is_refused(
    client: EventClient, unreadable: Measured
) -> None:
    with pytest.raises(UnwritableError, match="digits"):
        client.save_event(unreadable)


def test_long_numbers_are_kept_exactly(client: EventClient) -> None:
    price = Decimal("-1." + "7" * 3998)
    saved = client.save_event(
        Measured(whole=10**4000 - 1, price=price, text="1" * 5000, texts=["1E+200000"])
    )
    client.save_event(Measured(price=Decimal("1E+3999"), whole=0))
    query = Query[Measured](
        QueryItem(["MEASURED"], DecimalNumber("price").eq(price), Number("whole").gt(10**3999))
    )
    assert client.get_event_stream(query) == (saved,)


def test_an_instant_is_stored_in_utc(client: EventClient) -> None:
    moment = datetime(800, 1, 1, 1, tzinfo=timezone(timedelta(hours=2)))
    client.save_event(Measured(moment=moment))
    found = client.get_latest_event(measured())
    assert found is not None
    assert found.data.moment == moment
    assert str(found.data.moment) == "0799-12-31 23:00:00+00:00"


def test_a_stored_event_that_does_not_fit_names_its_id_type_and_field(
    client: EventClient, sample_dsn: str
) -> None:
    store(sample_dsn, 1, "MEASURED", '{"part": {"name": 7}}')
    with pytest.raises(UnreadableEventError) as caught:
        client.get_event_stream(measured())
    assert (caught.value.id, caught.value.type) == (1, "MEASURED")
    assert caught.value.field == "part.name"


def test_unknown_fields_of_stored_events_are_ignored(client: EventClient, sample_dsn: str) -> None:
    store(sample_dsn, 1, "MEASURED", '{"text": "a", "new": 1, "part": {"name": "b", "new": 2}}')
    (found,) = client.get_event_stream(measured())
    assert found.data.part is not None
    assert (found.data.text, found.data.part.name) == ("a", "b")


def test_a_database_without_the_storys_tables_says_what_to_do(storyline_dsn: str) -> None:
    with EventClient(SAMPLE, storyline_dsn) as client:
        with pytest.raises(MissingMigrationError, match="storyline migrate up"):
            client.save_event(added(MILK))
        with pytest.raises(MissingMigrationError, match="storyline migrate up"):
            client.get_event_stream(list_stream(list_id=HOME))


def test_a_wrong_dsn_fails_at_once() -> None:
    client = EventClient(SAMPLE, "host=/nowhere")
    with pytest.raises(UnreachableError):
        client.save_event(added(MILK))


def test_connections_of_a_given_pool_come_back_as_they_were(sample_dsn: str) -> None:
    with ConnectionPool(sample_dsn, min_size=1, max_size=1, open=False) as pool:
        with EventClient(SAMPLE, pool) as client:
            client.save_event(added(MILK))
        assert not pool.closed
        with pool.connection() as connection:
            assert not connection.autocommit
            cursor = connection.execute("select '{}'::jsonb")
            assert cursor.fetchone() == ({},)


def test_a_plain_commit_is_an_alternative_to_the_barrier(sample_dsn: str) -> None:
    with EventClient(SAMPLE, sample_dsn, durability="commit") as client:
        client.save_event(added(MILK))
        (recorded,) = client.save_events([added(EGGS)])
        assert recorded.id == 2
        assert len(client.get_event_stream(list_stream(list_id=HOME))) == 2


def measured() -> Query[Measured]:
    return Query(QueryItem(["MEASURED"]))


def store(dsn: str, id: int, type: str, data: str) -> None:
    """As another program might."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "insert into sample.events (id, type, data) values (%s, %s, %s)", (id, type, data)
        )
