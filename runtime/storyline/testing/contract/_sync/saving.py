# Made by runtime/make_sync.py; edit runtime/storyline/testing/contract/_async/saving.py
"""Unconditional appends, and what must not get into the log."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from storyline import (
    DecimalNumber,
    Event,
    EventClient,
    NothingToSaveError,
    Number,
    Query,
    QueryItem,
    Recorded,
    UnknownEventError,
    UnwritableError,
)
from storyline.testing.contract.story import (
    EGGS,
    HOME,
    MILK,
    WORK,
    ItemAdded,
    ListCreated,
    Measured,
    added,
    completed,
    list_stream,
)
from storyline.testing.contract.suite import Suite


class Foreign(Event, frozen=True):
    __type__ = "FOREIGN"


class Impostor(Event, frozen=True):
    __type__ = "ITEM_ADDED"


def measured() -> Query[Measured]:
    return Query(QueryItem(["MEASURED"]))


def store(dsn: str, id: int, type: str, data: str) -> None:
    """As another program might."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "insert into sample.events (id, type, data) values (%s, %s, %s)", (id, type, data)
        )


class Saving(Suite):
    """Unconditional appends, and what must not get into the log."""

    def test_a_saved_event_is_returned_as_it_was_recorded(self, client: EventClient) -> None:
        before = datetime.now(UTC) - timedelta(minutes=1)
        recorded = client.save_event(added(MILK), metadata={"actor": "ann"})
        assert (recorded.id, recorded.type, recorded.data) == (1, "ITEM_ADDED", added(MILK))
        assert recorded.metadata == {"actor": "ann"}
        assert recorded.created_at > before
        assert recorded.created_at.tzinfo is UTC
        assert client.get_latest_event(list_stream(list_id=HOME)) == recorded

    def test_events_saved_together_follow_each_other(self, client: EventClient) -> None:
        client.save_event(ListCreated(list_id=WORK, name="Work"))
        recorded = client.save_events([added(MILK), completed(MILK)])
        assert [(each.id, each.type) for each in recorded] == [
            (2, "ITEM_ADDED"),
            (3, "ITEM_COMPLETED"),
        ]
        assert client.get_event_stream(list_stream(list_id=HOME)) == recorded

    def test_a_static_type_comes_back_with_the_event(self, client: EventClient) -> None:
        recorded: Recorded[ItemAdded] = client.save_event(added(EGGS))
        assert recorded.data.title == "Eggs"

    def test_saving_no_event_is_refused(self, client: EventClient) -> None:
        with pytest.raises(NothingToSaveError):
            client.save_events([])

    @pytest.mark.parametrize("event", [Foreign(), Impostor()])
    def test_an_event_of_another_story_is_refused(self, client: EventClient, event: Event) -> None:
        with pytest.raises(UnknownEventError) as caught:
            client.save_event(event)
        assert (caught.value.type, caught.value.story) == (event.__type__, "sample")

    def test_what_is_no_event_is_refused_and_named(self, client: EventClient) -> None:
        one: Any = added(MILK)
        its_class: Any = ItemAdded
        its_fields: Any = {"title": "Milk"}
        with pytest.raises(TypeError, match="`ItemAdded` is the class of an event"):
            client.save_event(its_class)
        with pytest.raises(TypeError, match="`save_events` a list of them"):
            client.save_events(one)
        with pytest.raises(TypeError, match="`dict` is no event"):
            client.save_events([one, its_fields])

    def test_a_query_of_another_story_is_refused(self, client: EventClient) -> None:
        with pytest.raises(UnknownEventError):
            client.get_event_stream(Query[Foreign](QueryItem(["FOREIGN"])))

    def test_text_that_postgresql_cannot_hold_is_refused(self, client: EventClient) -> None:
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
        self, client: EventClient, unreadable: Measured
    ) -> None:
        with pytest.raises(UnwritableError, match="digits"):
            client.save_event(unreadable)

    def test_long_numbers_are_kept_exactly(self, client: EventClient) -> None:
        price = Decimal("-1." + "7" * 3998)
        saved = client.save_event(
            Measured(whole=10**4000 - 1, price=price, text="1" * 5000, texts=["1E+200000"])
        )
        client.save_event(Measured(price=Decimal("1E+3999"), whole=0))
        query = Query[Measured](
            QueryItem(["MEASURED"], DecimalNumber("price").eq(price), Number("whole").gt(10**3999))
        )
        assert client.get_event_stream(query) == (saved,)

    def test_an_instant_is_stored_in_utc(self, client: EventClient) -> None:
        moment = datetime(800, 1, 1, 1, tzinfo=timezone(timedelta(hours=2)))
        client.save_event(Measured(moment=moment))
        found = client.get_latest_event(measured())
        assert found is not None
        assert found.data.moment == moment
        assert str(found.data.moment) == "0799-12-31 23:00:00+00:00"
