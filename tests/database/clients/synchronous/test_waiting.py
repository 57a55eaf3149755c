# Made by runtime/make_sync.py; edit tests/database/clients/asynchronous/test_waiting.py
"""Reading one's own writes: waiting for a projector, or folding what it has not yet seen."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from psycopg.sql import SQL

from database.journals import Journal, Journals, Parking, Poisoned, Retrying, SecondVersion, Texts
from storyline import (
    Event,
    EventClient,
    ListOf,
    OutOfRangeError,
    Park,
    ProjectionBehindError,
    ProjectionNotRunError,
    ProjectionOnDemandError,
    ProjectionStoppedError,
    Projector,
    Query,
    QueryItem,
    Recorded,
    SavedProjection,
    SingleStreamProjection,
    StateKey,
    Text,
    UnwritableError,
)
from storyline.projecting.shards import shard_of
from storyline.questions import Question
from storyline.rows import Row
from storyline.statements import Statement
from storyline.testing.contract.story import (
    EGGS,
    HOME,
    LIST_EVENTS,
    MILK,
    TEA,
    WORK,
    ItemAdded,
    ItemId,
    ListEvent,
    Measured,
    added,
    list_stream,
)

POISON = ItemAdded(list_id=HOME, item_id=ItemId("x"), title="poison")


def caught_up(client: EventClient, *projections: type[Journals]) -> None:
    Projector(client, projections).run_until_caught_up()


def execute(client: EventClient, text: SQL) -> None:
    client.log.fetch(Statement(text))


def lease_all(client: EventClient) -> None:
    """To a process that does nothing."""
    execute(
        client,
        SQL(
            "update sample.projection_shards set owner = 'x',"
            " expires_at = clock_timestamp() + interval '1 hour' returning 1"
        ),
    )


def test_who_waits_sees_the_event(client: EventClient) -> None:
    client.save_event(added(MILK))
    caught_up(client, Journals)
    client.wait_for(Journals, 1, timeout=0)
    client.wait_for(Journals, 1, key=HOME, timeout=0)


def test_a_projector_that_is_too_slow_is_told_with_how_far_it_is(
    client: EventClient,
) -> None:
    client.save_event(added(MILK))
    caught_up(client, Journals)
    lease_all(client)
    client.save_event(added(EGGS))
    with pytest.raises(ProjectionBehindError) as caught:
        client.wait_for(Journals, 2, timeout=0.1)
    error = caught.value
    assert (error.projection_type, error.version, error.event_id) == ("journal", 1, 2)
    assert (error.position, error.seconds) == (1, 0.1)


def test_states_that_are_still_being_built_are_not_seen_yet(client: EventClient) -> None:
    client.save_event(added(MILK))
    caught_up(client, Journals)
    lease_all(client)
    execute(client, SQL("update sample.projection_builds set status = 'building' returning 1"))
    with pytest.raises(ProjectionBehindError) as caught:
        client.wait_for(Journals, 1, timeout=0.05)
    assert caught.value.position == 0


def test_a_projection_that_nobody_runs_is_told(client: EventClient) -> None:
    client.save_event(added(MILK))
    with pytest.raises(ProjectionNotRunError):
        client.wait_for(Journals, 1, timeout=3600)
    caught_up(client, Journals)
    client.save_event(added(MILK))
    with pytest.raises(ProjectionNotRunError):
        client.wait_for(Journals, 2, timeout=0.05)
    with pytest.raises(ProjectionNotRunError) as caught:
        client.wait_for(SecondVersion, 1, timeout=3600)
    assert (caught.value.projection_type, caught.value.version) == ("journal", 2)


@pytest.mark.parametrize("number", [-1, 2**63])
def test_what_cannot_be_an_event_is_not_waited_for(client: EventClient, number: int) -> None:
    with pytest.raises(OutOfRangeError, match="`event_id`"):
        client.wait_for(Journals, number)


def test_what_is_computed_on_demand_is_not_waited_for(client: EventClient) -> None:
    class OnDemand(Journals):
        reads = None

    with pytest.raises(ProjectionOnDemandError):
        client.wait_for(OnDemand, 1)


def test_an_event_in_the_way_is_told_at_once(client: EventClient) -> None:
    client.save_events([added(MILK), POISON, added(TEA, WORK)])
    assert shard_of(HOME, 8) != shard_of(WORK, 8)
    caught_up(client, Journals)
    execute(
        client,
        SQL(
            "update sample.projection_shards set position = 1, failed_event_id = 2, error = 'no'"
            " where shard = get_byte(sha256('home'), 0) %% 8 returning 1"
        ),
    )
    for key in (None, HOME):
        with pytest.raises(ProjectionStoppedError) as caught:
            client.wait_for(Journals, 3, key=key, timeout=3600)
        assert (caught.value.event_id, caught.value.reason) == (2, "no")
    client.wait_for(Journals, 3, key=WORK, timeout=0)
    client.wait_for(Journals, 1, key=HOME, timeout=0)


def test_what_may_yet_be_folded_is_waited_for(client: EventClient) -> None:
    client.save_events([added(MILK), POISON])
    with pytest.raises(ProjectionStoppedError):
        caught_up(client, Retrying)
    lease_all(client)
    with pytest.raises(ProjectionBehindError):
        client.wait_for(Retrying, 2, timeout=0.05)
    with pytest.raises(ProjectionStoppedError):
        client.wait_for(Poisoned, 2, timeout=3600)


def test_a_parked_state_is_told_and_others_are_seen(client: EventClient) -> None:
    client.save_event(added(MILK))
    caught_up(client, Parking)
    client.save_events([POISON, added(EGGS), added(TEA, WORK)])
    caught_up(client, Parking)
    for key in (None, HOME):
        with pytest.raises(ProjectionStoppedError) as caught:
            client.wait_for(Parking, 3, key=key, timeout=3600)
        assert caught.value.event_id == 2
        client.wait_for(Parking, 1, key=key, timeout=0)
    client.wait_for(Parking, 4, key=WORK, timeout=0)


class ByUuid(Texts):
    """Cannot fold the second event."""

    on_error = Park()
    state_key = StateKey("text", UUID, {"MEASURED": ListOf(Text("texts"))})

    def on_event(self, state: Journal, event: Recorded[Event]) -> Journal:
        if event.id == 2:
            raise ValueError("never")
        return super().on_event(state, event)


def test_a_key_is_waited_for_however_it_is_spelt(client: EventClient) -> None:
    key = uuid4()
    client.save_event(Measured(texts=[str(key)]))
    caught_up(client, ByUuid)
    client.save_event(Measured(texts=[str(key)]))
    caught_up(client, ByUuid)
    for spelt in (key, str(key), str(key).upper(), key.hex, f"{{{key}}}"):
        with pytest.raises(ProjectionStoppedError):
            client.wait_for(ByUuid, 2, key=spelt, timeout=0)
    with pytest.raises(ValueError, match="UUID"):
        client.wait_for(ByUuid, 2, key="nonsense", timeout=0)
    for impossible in ("\0", "\ud800"):
        with pytest.raises(UnwritableError, match="`text`"):
            client.wait_for(Texts, 2, key=impossible, timeout=0)


class Reader(SingleStreamProjection[Journal, ListEvent]):
    projection_type = "journal"
    state_class = Journal
    handlers = Journals.handlers

    def initial_state(self) -> Journal:
        return Journal()

    def on_event(self, state: Journal, event: Recorded[ListEvent]) -> Journal:
        return Journal(ids=[*state.ids, event.id])


class ReaderByUuid(Reader):
    projection_type = "texts"
    state_key = ByUuid.state_key


def test_a_reader_finds_the_saved_state_however_its_key_is_spelt(
    client: EventClient,
) -> None:
    key, measured = uuid4(), Query[Any](QueryItem(["MEASURED"]))
    client.save_event(Measured(texts=[str(key)]))
    client.save_projection(SavedProjection("texts", str(key), 1, 1, Journal(ids=[7])))
    reader = ReaderByUuid(client, measured, id=str(key).upper(), load_existing=True)
    assert reader.state() == Journal(ids=[7])


def resumption(client: EventClient, id: str) -> tuple[Journal | None, int]:
    saved, after_id = client.get_resumption("journal", id, Journal)
    return (saved.state if saved else None), after_id


def test_a_reader_goes_on_where_the_projector_is(client: EventClient) -> None:
    """And not where the state's own last event is, which may be long ago."""
    assert resumption(client, "home") == (None, 0)
    client.save_events([added(MILK), added(TEA, WORK), added(EGGS, WORK)])
    client.save_projection(SavedProjection("journal", "home", 1, 1, Journal(ids=[1])))
    assert resumption(client, "home") == (Journal(ids=[1]), 1)
    caught_up(client, Journals)
    assert resumption(client, "home") == (Journal(ids=[1]), 3)
    assert resumption(client, "cellar") == (None, 3)
    every: Query[ListEvent] = Query(QueryItem(LIST_EVENTS))
    reader = Reader(client, every, id="home", load_existing=True)
    assert reader.state() == Journal(ids=[1]), "what the projector has seen is not read again"
    client.save_event(added(EGGS))
    reader.refresh()
    assert reader.state() == Journal(ids=[1, 4])


def test_a_reader_of_a_parked_state_goes_on_before_the_event(
    client: EventClient,
) -> None:
    client.save_event(added(MILK))
    caught_up(client, Parking)
    client.save_events([POISON, added(EGGS)])
    caught_up(client, Parking)
    assert resumption(client, "home") == (Journal(ids=[1]), 1)
    assert resumption(client, "work") == (None, 3)
    reader = Reader(client, list_stream(list_id=HOME), id="home", load_existing=True)
    assert reader.state() == Journal(ids=[1, 2, 3])


@pytest.mark.parametrize("method", ["query_projections", "count_projections"])
def test_states_that_are_built_while_they_are_looked_for_are_found(
    client: EventClient, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """There were none yet; and when it was asked whether they are built, they were."""
    client.save_event(added(MILK))
    caught_up(client, Journals)

    def answer_early(question: Question) -> list[Row]:
        monkeypatch.undo()
        found = client.log.answer(question)
        caught_up(client, SecondVersion)
        return found

    monkeypatch.setattr(client.log, "answer", answer_early)
    assert getattr(client, method)(SecondVersion)
