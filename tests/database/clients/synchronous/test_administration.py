# Made by runtime/make_sync.py; edit tests/database/clients/asynchronous/test_administration.py
"""Looking after projections and subscriptions from Python, as their commands do."""

from collections.abc import Sequence

import psycopg
import pytest
from psycopg.sql import SQL

from database.journals import Journal, Journals, Parking, Poisoned, SecondVersion, Texts
from storyline import (
    Administration,
    Event,
    EventClient,
    NotKeptError,
    OutOfRangeError,
    ProjectionStoppedError,
    Projector,
    Query,
    QueryItem,
    Recorded,
    SavedProjection,
    StillRunError,
    UnwritableError,
)
from storyline.projecting import building
from storyline.projecting.shards import Build, Projection
from storyline.statements import Statement
from storyline.story import Story
from storyline.testing.contract.story import (
    HOME,
    MILK,
    TEA,
    WORK,
    ItemAdded,
    ItemId,
    ListId,
    Measured,
    added,
)

MEASURED: Query[Measured] = Query(QueryItem(["MEASURED"]))


def poison(list_id: ListId = HOME) -> ItemAdded:
    return ItemAdded(list_id=list_id, item_id=ItemId("x"), title="poison")


def caught_up(client: EventClient, *projections: Projection) -> None:
    Projector(client, projections).run_until_caught_up()


def lease(client: EventClient, owner: str) -> None:
    """As if a process were at all that there is."""
    text = SQL(
        "update sample.projection_shards set owner = %s,"
        " expires_at = clock_timestamp() + interval '1 hour' returning shard"
    )
    client.log.fetch(Statement(text, (owner,)))


def handed_out(client: EventClient, count: int) -> list[int]:
    ids: list[int] = []
    subscription = client.subscribe(MEASURED, name="mail")
    for event in subscription:
        ids.append(event.id)
        if len(ids) == count:
            subscription.stop()
    return ids


def test_failures_are_told_by_event_with_the_states_that_they_concern(
    client: EventClient,
) -> None:
    administration = Administration(client)
    lists = [ListId(f"list {n}") for n in range(7)]
    client.save_event(added(MILK))
    caught_up(client, Parking)
    assert administration.failures() == []
    client.save_events([poison(HOME), *map(poison, lists)])
    caught_up(client, Parking)
    (first, *_) = found = administration.failures()
    assert [each.event_id for each in found] == list(range(2, 10))
    assert (first.type, first.version, first.build, first.event_type) == (
        "journal",
        1,
        1,
        "ITEM_ADDED",
    )
    assert (first.fate, first.concerned, first.ids, first.attempts) == ("parked", 1, ["home"], 1)
    assert first.error == "PoisonError: a secret of event 2"


def test_many_states_of_one_event_are_one_failure_that_names_some(
    client: EventClient,
) -> None:
    class ParkedTexts(Texts):
        on_error = Parking.on_error

        def on_event(self, state: Journal, event: Recorded[Event]) -> Journal:
            raise ValueError("no text will do")

    client.save_event(Measured(texts=[f"text {n}" for n in range(9)]))
    projector = Projector(client, [ParkedTexts])
    with pytest.raises(ProjectionStoppedError):
        projector.run_until_caught_up()
    (failure,) = Administration(client).failures()
    assert failure.concerned == 9
    assert failure.ids == [f"text {n}" for n in range(5)]


def test_shards_that_stand_still_are_a_failure_too(client: EventClient) -> None:
    client.save_event(added(MILK))
    caught_up(client, Poisoned)
    client.save_event(poison())
    with pytest.raises(ProjectionStoppedError):
        caught_up(client, Poisoned)
    administration = Administration(client)
    (failure,) = administration.failures()
    assert (failure.fate, failure.event_id, failure.event_type) == ("stopped", 2, "ITEM_ADDED")
    assert (failure.concerned, failure.ids) == (1, [])
    assert administration.retry(Poisoned) == (0, 1)
    assert administration.failures() == []
    assert administration.retry(Poisoned) == (0, 0)


def test_orders_tell_how_much_they_concern(client: EventClient) -> None:
    client.save_event(added(MILK))
    caught_up(client, Parking)
    client.save_events([poison(HOME), poison(WORK)])
    caught_up(client, Parking)
    administration = Administration(client)
    assert administration.retry(Parking) == (2, 0)
    assert administration.skip(Parking, 2) == 1
    assert administration.skip(Parking, 7) == 0
    assert not administration.is_run(Parking)
    lease(client, "somebody")
    assert administration.is_run(Parking)


def test_a_version_that_left_the_code_is_forgotten_and_the_others_stay(
    client: EventClient,
) -> None:
    client.save_events([added(MILK), added(TEA, WORK)])
    caught_up(client, Journals)
    caught_up(client, SecondVersion)
    administration = Administration(client)
    assert [(each.version, each.states) for each in administration.kept("journal")] == [
        (1, 2),
        (2, 2),
    ]
    administration.forget("journal", [1])
    assert [(each.version, each.states) for each in administration.kept("journal")] == [(2, 2)]
    assert [each.version for each in administration.statuses()] == [2]
    assert len(client.query_projections(SecondVersion)) == 2


def test_many_states_are_deleted_in_pieces(
    client: EventClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.save_events([added(MILK, ListId(f"list {n}")) for n in range(7)])
    caught_up(client, Journals)
    monkeypatch.setattr("storyline.projecting.building.CHUNK", 2)
    administration = Administration(client)
    administration.forget("journal", [1])
    assert administration.kept("journal") == []


def test_what_a_projector_deletes_first_is_not_waited_for(
    client: EventClient, sample_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.save_event(added(MILK))
    caught_up(client, Journals)
    cleared, clear = list[Build](), building.clear

    def clear_late(story: Story, build: Build) -> Sequence[Statement]:
        assert build not in cleared, "there is nothing left of it"
        cleared.append(build)
        with psycopg.connect(sample_dsn) as projector:
            for statement in clear(story, build):
                projector.execute(statement.text, statement.parameters)
        return clear(story, build)

    monkeypatch.setattr(building, "clear", clear_late)
    administration = Administration(client)
    administration.forget("journal", [1])
    assert administration.kept("journal") == []


def test_states_that_were_saved_by_hand_are_forgotten_as_well(
    client: EventClient,
) -> None:
    client.save_event(added(MILK))
    assert client.save_projection(SavedProjection("journal", "home", 1, 1, Journal(ids=[1])))
    administration = Administration(client)
    (kept,) = administration.kept("journal")
    assert (kept.version, kept.states) == (1, 1)
    administration.forget("journal", [1])
    assert administration.kept("journal") == []


def test_what_a_process_is_at_is_not_forgotten(client: EventClient) -> None:
    client.save_event(added(MILK))
    caught_up(client, Journals)
    lease(client, "somebody-1-a")
    administration = Administration(client)
    with pytest.raises(StillRunError, match="`journal` is being run by somebody-1-a") as caught:
        administration.forget("journal", [1])
    assert caught.value.owners == ("somebody-1-a",)
    assert len(client.query_projections(Journals)) == 1


@pytest.mark.parametrize("number", [-1, 2**63])
def test_a_subscription_begins_and_goes_on_after_what_can_be_an_event(
    client: EventClient, number: int
) -> None:
    with pytest.raises(OutOfRangeError, match="`after`"):
        client.subscribe(Query[Event](), name="mail", after=number)
    with pytest.raises(OutOfRangeError, match="`event_id`"):
        Administration(client).move("mail", number)


@pytest.mark.parametrize("name", ["\0", "\udcff"])
def test_what_nothing_can_be_called_is_refused(client: EventClient, name: str) -> None:
    """An argument of a command that is no UTF-8 has half a surrogate pair."""
    administration = Administration(client)
    with pytest.raises(UnwritableError, match="`name`"):
        administration.position(name)
    with pytest.raises(UnwritableError, match="`name`"):
        administration.move(name, 1)
    with pytest.raises(UnwritableError, match="`name`"):
        administration.forget_subscription(name)
    with pytest.raises(UnwritableError, match="`projection_type`"):
        administration.forget(name, [1])


def test_a_subscription_goes_on_where_it_is_moved_to(client: EventClient) -> None:
    client.save_events([Measured(whole=n) for n in range(6)])
    assert handed_out(client, 4) == [1, 2, 3, 4]
    administration = Administration(client)
    administration.move("mail", 1)
    assert (administration.position("mail")).first == 1
    assert handed_out(client, 2) == [2, 3]
    administration.move("mail", 5)
    assert handed_out(client, 1) == [6]


def test_a_reader_at_work_goes_on_where_its_subscription_is_moved_to(
    client: EventClient,
) -> None:
    client.save_events([Measured(whole=n) for n in range(6)])
    ids: list[int] = []
    subscription = client.subscribe(MEASURED, name="mail")
    for event in subscription:
        ids.append(event.id)
        if ids == [1, 2]:
            Administration(client).move("mail", 4)
        if len(ids) == 4:
            subscription.stop()
    assert ids == [1, 2, 5, 6]


def test_a_forgotten_subscription_begins_as_a_new_one(client: EventClient) -> None:
    client.save_events([Measured(whole=n) for n in range(3)])
    administration = Administration(client)
    with pytest.raises(NotKeptError):
        administration.position("mail")
    assert handed_out(client, 3) == [1, 2, 3]
    lease(client, "somebody-1-a")
    with pytest.raises(StillRunError):
        administration.forget_subscription("mail")
    lease(client, "")
    client.log.fetch(
        Statement(SQL("update sample.projection_shards set expires_at = now() returning shard"))
    )
    administration.forget_subscription("mail")
    assert administration.statuses() == []
    assert handed_out(client, 1) == [1]
