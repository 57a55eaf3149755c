# Made by runtime/make_sync.py; edit tests/database/clients/asynchronous/test_projector.py
"""A projector: states that keep up with the log by themselves, each event folded in once."""

from random import Random
from string import ascii_letters
from typing import ClassVar

import pytest
from psycopg import connect
from psycopg.sql import SQL

from database.journals import (
    Everything,
    Journal,
    Journals,
    Parking,
    Poisoned,
    Retrying,
    Revised,
    SecondVersion,
    Texts,
    Urgent,
)
from storyline import (
    Administration,
    Event,
    EventClient,
    Park,
    ProjectionNotBuiltError,
    ProjectionOnDemandError,
    ProjectionStoppedError,
    Projector,
    Recorded,
    SavedProjection,
    State,
    Stop,
)
from storyline.poison import OnError
from storyline.projecting.shards import SHARDS, shard_of
from storyline.statements import Statement
from storyline.testing.contract.story import (
    EGGS,
    HOME,
    MILK,
    TEA,
    WORK,
    ItemAdded,
    ItemId,
    ListId,
    Measured,
    added,
    completed,
)


def poison(list_id: ListId = HOME) -> ItemAdded:
    return ItemAdded(list_id=list_id, item_id=ItemId("x"), title="poison")


def caught_up(client: EventClient, *projections: type[Journals]) -> None:
    Projector(client, projections).run_until_caught_up()


def journals(client: EventClient, projection: type[Journals] = Journals) -> dict[str, list[int]]:
    found = client.query_projections(projection)
    return {each.id: each.state.ids for each in found}


def order(client: EventClient, wanted: str) -> None:
    """What the command line writes."""
    text = SQL("update sample.parked_events set wanted = %s where skipped_at is null returning id")
    client.log.fetch(Statement(text, (wanted,)))


def test_states_follow_the_log(client: EventClient) -> None:
    client.save_events([added(MILK), added(TEA, WORK), added(EGGS)])
    caught_up(client, Journals)
    assert client.query_projections(Journals) == (
        SavedProjection("journal", "home", 1, 3, Journal(ids=[1, 3])),
        SavedProjection("journal", "work", 1, 2, Journal(ids=[2])),
    )
    client.save_events([completed(MILK), added(MILK, ListId("cellar"))])
    caught_up(client, Journals)
    assert journals(client) == {"home": [1, 3, 4], "work": [2], "cellar": [5]}


def test_several_projections_share_one_pass(client: EventClient) -> None:
    high = ItemAdded(list_id=HOME, item_id=EGGS, title="Eggs", priority="high")
    lists: list[Event] = [added(MILK), high, added(TEA, WORK)]
    client.save_events([*lists, Measured(texts=["a", "b", "a"]), Measured(texts=["b"])])
    client.save_events([Measured(texts=[])])
    caught_up(client, Journals, Everything, Texts, Urgent)
    assert journals(client) == {"home": [1, 2], "work": [3]}
    assert journals(client, Everything) == {"": [1, 2, 3]}
    assert journals(client, Texts) == {"a": [4], "b": [4, 5]}
    assert journals(client, Urgent) == {"home": [2]}


def test_a_projection_that_is_computed_on_demand_has_no_projector(
    client: EventClient,
) -> None:
    class OnDemand(Journals):
        reads = None

    with pytest.raises(ProjectionOnDemandError):
        Projector(client, [OnDemand])


def test_a_version_that_no_projector_has_begun_has_no_states_yet(
    client: EventClient,
) -> None:
    """New code reads before its projector is started: to find nothing would be a lie."""
    client.save_event(added(MILK))
    caught_up(client, Journals)
    with pytest.raises(ProjectionNotBuiltError):
        client.query_projections(SecondVersion)
    with pytest.raises(ProjectionNotBuiltError):
        client.count_projections(SecondVersion)


def test_states_are_not_found_before_they_are_built(client: EventClient) -> None:
    client.save_events([poison(), added(TEA, WORK)])
    assert journals(client) == {}
    with pytest.raises(ProjectionStoppedError):
        caught_up(client, Poisoned)
    with pytest.raises(ProjectionNotBuiltError) as caught:
        journals(client)
    assert (caught.value.projection_type, caught.value.version) == ("journal", 1)
    assert client.get_projection("journal", "work", Journal) is None


def test_what_a_projector_keeps_is_not_saved_by_hand(client: EventClient) -> None:
    by_hand = SavedProjection("journal", "home", 1, 1, Journal(ids=[99]))
    assert client.save_projection(by_hand)
    assert journals(client) == {"home": [99]}
    client.save_event(added(MILK))
    caught_up(client, Journals)
    assert journals(client) == {"home": [1]}
    newer = by_hand._replace(latest_event_id=7)
    assert not client.save_projection(newer)
    assert not client.force_update_projection(newer)
    assert not client.conditional_update_projection(newer)
    assert journals(client) == {"home": [1]}


def test_versions_stand_side_by_side(client: EventClient) -> None:
    client.save_event(added(MILK))
    caught_up(client, Journals)
    caught_up(client, SecondVersion)
    client.save_event(added(EGGS))
    caught_up(client, Journals)
    assert journals(client) == {"home": [1, 2]}
    assert journals(client, SecondVersion) == {"home": [1]}


def test_a_revised_fold_is_built_beside_the_old_one_and_takes_its_place(
    client: EventClient,
) -> None:
    client.save_event(added(MILK))
    caught_up(client, Journals)
    client.save_event(added(EGGS))
    caught_up(client, Revised)
    assert journals(client) == {"home": [1, 1, 2, 2]}
    client.save_event(added(TEA))
    caught_up(client, Journals)
    assert journals(client) == {"home": [1, 1, 2, 2]}


def test_a_projection_stands_still_before_an_event_that_it_cannot_fold(
    client: EventClient,
) -> None:
    client.save_event(added(MILK))
    caught_up(client, Poisoned, Everything)
    client.save_events([added(EGGS), poison(), added(TEA)])
    with pytest.raises(ProjectionStoppedError, match="PoisonError") as caught:
        caught_up(client, Poisoned, Everything)
    assert (caught.value.projection_type, caught.value.event_id) == ("journal", 3)
    assert journals(client) == {"home": [1, 2]}
    assert journals(client, Everything) == {"": [1, 2, 3, 4]}
    caught_up(client, Journals)
    assert journals(client) == {"home": [1, 2, 3, 4]}


def test_a_retrying_projection_stands_still_in_the_end(client: EventClient) -> None:
    client.save_event(poison())
    with pytest.raises(ProjectionStoppedError):
        caught_up(client, Retrying)


def test_a_passing_failure_is_got_over(client: EventClient) -> None:
    class PassingFailure(Retrying):
        def on_event(self, state: Journal, event: Recorded[Event]) -> Journal:
            failures.append(event.id)
            return super().on_event(state, event) if len(failures) < 3 else Journal(ids=failures)

    failures: list[int] = []
    client.save_event(poison())
    caught_up(client, PassingFailure)
    assert journals(client) == {"home": [1, 1, 1]}


def test_a_parked_state_holds_nobody_up(client: EventClient) -> None:
    client.save_event(added(MILK))
    caught_up(client, Parking)
    client.save_events([added(EGGS), poison(), added(TEA), added(TEA, WORK)])
    caught_up(client, Parking)
    assert journals(client) == {"home": [1, 2], "work": [5]}
    client.save_events([added(MILK), added(MILK, WORK)])
    caught_up(client, Parking)
    assert journals(client) == {"home": [1, 2], "work": [5, 7]}


def test_a_parked_state_catches_up_with_mended_code(client: EventClient) -> None:
    client.save_event(added(MILK))
    caught_up(client, Parking)
    client.save_events([poison(), added(TEA), poison()])
    caught_up(client, Parking)
    order(client, "retry")
    caught_up(client, Parking)
    assert journals(client) == {"home": [1]}
    order(client, "retry")
    caught_up(client, Journals)
    assert journals(client) == {"home": [1, 2, 3, 4]}
    client.save_event(added(EGGS))
    caught_up(client, Journals)
    assert journals(client) == {"home": [1, 2, 3, 4, 5]}


def test_a_parked_event_is_skipped_on_demand(client: EventClient) -> None:
    client.save_event(added(MILK))
    caught_up(client, Parking)
    client.save_events([poison(), added(TEA), poison(), added(EGGS)])
    caught_up(client, Parking)
    for expected in ([1, 3], [1, 3, 5]):
        order(client, "skip")
        caught_up(client, Parking)
        assert journals(client) == {"home": expected}


def test_what_is_being_built_is_not_active_while_an_event_is_parked(
    client: EventClient,
) -> None:
    client.save_events([poison(), added(TEA, WORK)])
    with pytest.raises(ProjectionStoppedError):
        caught_up(client, Parking)
    order(client, "skip")
    caught_up(client, Parking)
    assert journals(client) == {"home": [], "work": [2]}


def test_an_event_after_which_a_state_cannot_be_written_is_poison_too(
    client: EventClient,
) -> None:
    class Unwritable(Parking):
        def on_event(self, state: Journal, event: Recorded[Event]) -> Journal:
            after = super(Poisoned, self).on_event(state, event)
            return after.model_copy(update={"ids": [b"\xff"]}) if event.id == 3 else after

    client.save_event(added(MILK))
    caught_up(client, Unwritable)
    client.save_events([added(EGGS), added(TEA), added(TEA, WORK), added(MILK)])
    caught_up(client, Unwritable)
    assert journals(client) == {"home": [1, 2], "work": [4]}
    order(client, "skip")
    caught_up(client, Unwritable)
    assert journals(client) == {"home": [1, 2, 5], "work": [4]}


def test_two_classes_of_one_projection_are_not_run_together(client: EventClient) -> None:
    with pytest.raises(ValueError, match="Journals and Parking are one projection, `journal`"):
        Projector(client, [Journals, Parking])


def test_a_projector_needs_a_projection(client: EventClient) -> None:
    with pytest.raises(ValueError, match="needs a projection"):
        Projector(client, [])


def test_an_event_that_cannot_be_read_is_poison_too(client: EventClient) -> None:
    client.save_event(added(MILK))
    caught_up(client, Parking)
    bad = "insert into sample.events (id, type, data) values (2, 'ITEM_ADDED', %s) returning id"
    client.log.fetch(Statement(SQL(bad), ('{"list_id": "home"}',)))
    head = SQL("update sample.heads set last_id = 2 returning last_id")
    client.log.fetch(Statement(head))
    client.save_events([added(TEA, WORK), added(TEA)])
    caught_up(client, Parking)
    assert journals(client) == {"home": [1], "work": [3]}


class Noted(Journal, frozen=True):
    note: str = ""


class Noting(Journals):
    """Notes of an item with the title "poison" more than an index takes."""

    on_error: ClassVar[OnError] = Park()
    state_class: ClassVar[type[State]] = Noted

    def initial_state(self) -> Noted:
        return Noted()

    def on_event(self, state: Journal, event: Recorded[Event]) -> Noted:
        assert isinstance(state, Noted)
        is_long = isinstance(event.data, ItemAdded) and event.data.title == "poison"
        long = "".join(Random(event.id).choices(ascii_letters, k=9000)) if is_long else ""
        return Noted(ids=[*state.ids, event.id], note=state.note + long)


class NotingOrStopping(Noting):
    on_error: ClassVar[OnError] = Stop()


def index_notes(dsn: str) -> None:
    with connect(dsn) as connection:
        connection.execute("create index on sample.projections ((data->>'note'))")


def test_a_state_that_no_index_takes_is_parked_and_holds_nobody_up(
    client: EventClient, sample_dsn: str
) -> None:
    index_notes(sample_dsn)
    others = [added(MILK, ListId(f"list {n}")) for n in range(40)]
    client.save_event(added(MILK))
    caught_up(client, Noting, Everything)
    client.save_events([*others, poison(), added(TEA), added(TEA, WORK), poison(WORK)])
    client.save_events(others)
    caught_up(client, Noting, Everything)
    noted = journals(client, Noting)
    assert (noted.pop("home"), noted.pop("work")) == ([1], [44])
    assert noted == {f"list {n}": [n + 2, n + 46] for n in range(40)}
    assert journals(client, Everything) == {"": list(range(1, 86))}
    failures = Administration(client).failures()
    assert [(each.event_id, each.fate) for each in failures] == [(42, "parked"), (45, "parked")]
    assert all("index row" in (each.error or "") for each in failures)


def test_a_parked_state_that_no_index_takes_goes_on_without_the_event_only(
    client: EventClient, sample_dsn: str
) -> None:
    index_notes(sample_dsn)
    client.save_event(added(MILK))
    caught_up(client, Noting)
    client.save_events([poison(), added(TEA), poison(), added(EGGS)])
    caught_up(client, Noting)
    order(client, "retry")
    caught_up(client, Noting)
    assert journals(client, Noting) == {"home": [1]}
    (failure,) = Administration(client).failures()
    assert (failure.event_id, failure.attempts) == (2, 2)
    for expected in ([1, 3], [1, 3, 5]):
        order(client, "skip")
        caught_up(client, Noting)
        assert journals(client, Noting) == {"home": expected}


def test_a_state_that_no_index_takes_stops_its_shard_alone(
    client: EventClient, sample_dsn: str
) -> None:
    index_notes(sample_dsn)
    client.save_event(added(MILK))
    caught_up(client, NotingOrStopping, Everything)
    client.save_events([added(EGGS), poison(), added(TEA), added(TEA, WORK)])
    with pytest.raises(ProjectionStoppedError, match="index row") as caught:
        caught_up(client, NotingOrStopping, Everything)
    assert caught.value.event_id == 3
    assert journals(client, NotingOrStopping) == {"home": [1, 2], "work": [5]}
    assert journals(client, Everything) == {"": [1, 2, 3, 4, 5]}


def test_a_state_beside_the_one_that_fails_folds_their_event_once(
    client: EventClient,
) -> None:
    class Failing(Texts):
        def on_event(self, state: Journal, event: Recorded[Event]) -> Journal:
            if self.text == beside:  # type: ignore[attr-defined]
                raise ValueError("not this text")
            return super().on_event(state, event)

    beside = next(f"b{n}" for n in range(999) if shard_of(f"b{n}", SHARDS) == shard_of("a", SHARDS))
    client.save_event(Measured(texts=["a", beside]))
    with pytest.raises(ProjectionStoppedError):
        caught_up(client, Failing)
    caught_up(client, Texts)
    assert journals(client, Texts) == {"a": [1], beside: [1]}
